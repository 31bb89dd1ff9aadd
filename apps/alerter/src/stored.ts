import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";

/** The process is stopping: the job in hand goes back to its queue. */
export class GiveBack extends Error {
  override readonly name = "GiveBack";
}

/** Repeats a write until Redis took it. */
export type UntilStored = (write: () => Promise<void>) => Promise<void>;

const MAX_PAUSE_MS = 2000;

/**
 * Makes the rule for writes of accepted events: trouble with Redis (away, out of memory) is waited out, not
 * counted as an attempt. Writes must be safe to repeat. Throws `GiveBack` once `signal` fires.
 */
export function createUntilStored(signal: AbortSignal, logger: Logger): UntilStored {
  const outage = createOutageLog(logger, "writing to Redis (events wait)");
  return async (write) => {
    for (let attempt = 0; ; attempt++) {
      try {
        await orGiveBack(signal, write);
        outage.succeeded();
        return;
      } catch (error) {
        if (error instanceof GiveBack || isDefect(error)) throw error;
        outage.failed(error);
        await orGiveBack(signal, () => pause(Math.min(100 * 2 ** attempt, MAX_PAUSE_MS)));
      }
    }
  };
}

/** A mistake of ours does not pass by waiting: the chunk has to fail, and is then moved to the dead letters. */
function isDefect(error: unknown): boolean {
  return (
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  );
}

/**
 * Waits for work or for the signal, whichever is first.
 * The listener goes with the work: a race against one promise that lives as long as the process would keep
 * something of every write in memory.
 */
async function orGiveBack(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  if (signal.aborted) throw new GiveBack("stopping");
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopped.reject(new GiveBack("stopping"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.race([work(), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
