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
  const stopping = Promise.withResolvers<never>();
  stopping.promise.catch(() => undefined);
  signal.addEventListener("abort", () => stopping.reject(new GiveBack("stopping")), { once: true });
  return async (write) => {
    for (let attempt = 0; ; attempt++) {
      if (signal.aborted) throw new GiveBack("stopping");
      try {
        await Promise.race([write(), stopping.promise]);
        outage.succeeded();
        return;
      } catch (error) {
        if (error instanceof GiveBack) throw error;
        outage.failed(error);
        await Promise.race([pause(Math.min(100 * 2 ** attempt, MAX_PAUSE_MS)), stopping.promise]);
      }
    }
  };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
