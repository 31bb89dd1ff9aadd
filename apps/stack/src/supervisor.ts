import { setTimeout as sleep } from "node:timers/promises";
import type { Exit, Running } from "./launch.ts";

/** How long a process that died waits for its next start. */
export type Backoff = { firstMs: number; maxMs: number; resetAfterMs: number };

/** A process that is kept running. */
export type Supervised = {
  name: string;
  /** Of the current process. */
  pid(): number;
  /** Ends it for good: asks, waits, and kills when `graceMs` is over or `forced` is aborted. */
  stop(options: { graceMs: number; forced?: AbortSignal }): Promise<void>;
};

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
}): Supervised {
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
    name,
    pid: () => running?.pid ?? 0,
    async stop({ graceMs, forced }) {
      stopping.abort();
      running?.kill("SIGTERM");
      const kill = (why: string) => () => {
        if (running) log(`${name} ${why}: killed`);
        running?.kill("SIGKILL");
      };
      const killNow = kill("was to end at once");
      const deadline = setTimeout(kill(`did not stop within ${graceMs / 1000} s`), graceMs);
      if (forced?.aborted) killNow();
      else forced?.addEventListener("abort", killNow, { once: true });
      await done;
      clearTimeout(deadline);
      forced?.removeEventListener("abort", killNow);
    },
  };
}

function describeExit({ code, signal }: Exit): string {
  return signal ? `was killed by ${signal}` : `ended with code ${code}`;
}
