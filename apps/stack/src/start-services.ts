import type { Home } from "./home.ts";
import type { Interrupt } from "./interrupt.ts";
import { type LaunchOptions, lastLines, launch, sizeOf } from "./launch.ts";
import { homeMark } from "./leftovers.ts";
import { waitReady } from "./readiness.ts";
import type { Report } from "./report.ts";
import { mainFileOf, type ServiceName } from "./services.ts";
import { endWithin, type StopOptions, type Stoppable, supervise } from "./supervisor.ts";

/** What the services are started with. */
export type ServicesPlan = {
  services: readonly ServiceName[];
  home: Home;
  urlOf(name: ServiceName): string;
  envOf(name: ServiceName): Record<string, string>;
};

/** The running services of a stack. */
export type Services = {
  /** Brings all of them up and from then on keeps them running; throws when one does not come up. */
  start(): Promise<void>;
  /** Ends all that have been started: the apps at the same time, then the receiver. */
  stop(options: StopOptions): Promise<void>;
};

const READY_LIMIT_MS = 60_000;

/** How much of a service's log is shown when it does not come up. */
const SHOWN_LOG_LINES = 15;

/** Nothing runs before `start`. */
export function createServices(
  plan: ServicesPlan,
  report: Report,
  interrupt: Pick<Interrupt, "stop">,
): Services {
  const started = new Map<ServiceName, Stoppable>();

  async function startOne(name: ServiceName, signal: AbortSignal): Promise<void> {
    const options = launchOptions(name, plan);
    const startedAt = Date.now();
    const logStart = sizeOf(options.logFile);
    const running = await launch(options);
    const log = report.notice;
    // Until it is ready a death is a failed start, not a reason to try again.
    started.set(name, {
      stop: (stopOptions) =>
        endWithin({ name, log, kill: running.kill, ended: running.exited }, stopOptions),
    });
    try {
      await waitReady(plan.urlOf(name), { running, timeoutMs: READY_LIMIT_MS, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new Error(await describeFailure(name, error as Error, options.logFile, logStart));
    }
    started.set(name, supervise({ name, running, launch: () => launch(options), log }));
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    report.step(name, `${plan.urlOf(name)} ready after ${seconds} s, process ${running.pid}`);
  }

  return {
    async start() {
      const failed = new AbortController();
      const signal = AbortSignal.any([interrupt.stop, failed.signal]);
      const starts = plan.services.map(async (name) => {
        try {
          await startOne(name, signal);
        } catch (error) {
          // The first failure ends the waiting for the others.
          failed.abort(error);
        }
      });
      await Promise.all(starts);
      signal.throwIfAborted();
    },
    async stop(options) {
      const stopAll = (names: ServiceName[]): Promise<unknown> =>
        Promise.all(names.map((name) => started.get(name)?.stop(options)));
      await stopAll(plan.services.filter((name) => name !== "receiver"));
      // It takes what the forwarder still delivers while it drains.
      await stopAll(["receiver"]);
    },
  };
}

function launchOptions(name: ServiceName, plan: ServicesPlan): LaunchOptions {
  return {
    mainFile: mainFileOf(name),
    args: [homeMark(plan.home)],
    env: plan.envOf(name),
    logFile: plan.home.logFile(name),
    pidFile: plan.home.pidFile(name),
  };
}

async function describeFailure(
  name: ServiceName,
  error: Error,
  logFile: string,
  fromByte: number,
): Promise<string> {
  const lines = await lastLines(logFile, { count: SHOWN_LOG_LINES, fromByte }).catch(() => []);
  return [`the ${name} did not come up: ${error.message}; ${logFile} ends with:`, ...lines].join(
    "\n  ",
  );
}
