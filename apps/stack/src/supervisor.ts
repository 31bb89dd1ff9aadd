import { setTimeout as sleep } from "node:timers/promises";
import type { Exit, Running } from "./launch.ts";

/** How long a process that died waits for its next start. */
export type Backoff = { firstMs: number; maxMs: number; resetAfterMs: number };

/** How long an end may take: it is asked for, and forced after `graceMs` or once `force` is aborted. */
export type StopOptions = { graceMs: number; force?: AbortSignal };

/** Something that can be ended for good. */
export type Stoppable = { stop(options: StopOptions): Promise<void> };

const BACKOFF: Backoff = { firstMs: 500, maxMs: 30_000, resetAfterMs: 60_000 };

/** The wait before the next start: doubles with each death in a row, anew after a minute of life. */
export function nextDelay(
  previousMs: number | undefined,
  livedMs: number,
  backoff: Backoff = BACKOFF,
): number {
  if (previousMs === undefined || livedMs >= backoff.resetAfterMs) return backoff.firstMs;
  return Math.min(previousMs * 2, backoff.maxMs);
}

/**
 * Keeps a process running: `running` is the first one, `launch` makes the next. Each death and each new
 * start is one line through `log`; the last words of the log are the reader's to look up.
 */
export function supervise(options: {
  name: string;
  running: Running;
  launch: () => Promise<Running>;
  log: (line: string) => void;
  backoff?: Backoff;
}): Stoppable {
  const { name, log, backoff = BACKOFF } = options;
  const stopping = new AbortController();
  let running: Running | undefined = options.running;

  async function keepRunning(): Promise<void> {
    let delayMs: number | undefined;
    let startedAt = Date.now();
    let death = describeExit(await options.running.exited);
    while (!stopping.signal.aborted) {
      running = undefined;
      delayMs = nextDelay(delayMs, Date.now() - startedAt, backoff);
      log(`${name} ${death}; starting it again in ${delayMs / 1000} s`);
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      startedAt = Date.now();
      try {
        running = await options.launch();
      } catch (error) {
        death = `could not be started (${(error as Error).message})`;
        continue;
      }
      log(`${name} started again as process ${running.pid}`);
      // A stop that came during the launch has signalled nothing yet.
      if (stopping.signal.aborted) running.kill("SIGTERM");
      death = describeExit(await running.exited);
    }
  }

  const done = keepRunning();
  return {
    stop: (stopOptions) => {
      stopping.abort();
      return endWithin(
        { name, log, kill: (signal) => running?.kill(signal), ended: done },
        stopOptions,
      );
    },
  };
}

/** Asks a process to end and waits until it has; kills it, with a line, when that takes too long. */
export async function endWithin(
  target: {
    name: string;
    log: (line: string) => void;
    kill: (signal: NodeJS.Signals) => void;
    ended: Promise<unknown>;
  },
  { graceMs, force }: StopOptions,
): Promise<void> {
  target.kill("SIGTERM");
  const kill = (why: string): void => {
    target.log(`${target.name} ${why}: killed`);
    target.kill("SIGKILL");
  };
  const onForce = (): void => kill("is not waited for any longer");
  const deadline = setTimeout(() => kill(`did not stop within ${graceMs / 1000} s`), graceMs);
  if (force?.aborted) onForce();
  else force?.addEventListener("abort", onForce, { once: true });
  await target.ended;
  clearTimeout(deadline);
  force?.removeEventListener("abort", onForce);
}

function describeExit({ code, signal }: Exit): string {
  return signal ? `was killed by ${signal}` : `ended with code ${code}`;
}
