import { setTimeout } from "node:timers/promises";
import type { PipelineQueue } from "@mutt/queues";
import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import { toStartLimit } from "./rate-limit.ts";

/** So many deliveries in so many seconds; 0 for no limit. */
export interface DeliveryRate {
  limit: number;
  periodSeconds: number;
}

/** Keeps BullMQ's global limit of the alert queue at what the settings say; all replicas write the same. */
export interface RateLimiter {
  /** Resolves when a limit stands for the first time. */
  applied: Promise<void>;
  /** Brings the settings in force, or puts back a limit that was lost. */
  apply(): void;
}

const RETRY_MS = 1000;

/** Starts the limiter. Without any limit in Redis a pause of the whole queue would not be looked at. */
export function startRateLimiter(
  queue: PipelineQueue<"alert">,
  rate: () => DeliveryRate,
  logger: Logger,
): RateLimiter {
  const outage = createOutageLog(logger, "setting the delivery rate limit");
  let underWay: Promise<void> | undefined;

  async function set(): Promise<void> {
    const { limit, periodSeconds } = rate();
    const { max, durationMs } = toStartLimit(limit, periodSeconds);
    const present = await queue.getGlobalRateLimit();
    if (present?.max === max && present.duration === durationMs) return;
    await queue.setGlobalRateLimit(max, durationMs);
    // The window under way still has the old length.
    await queue.removeRateLimitKey();
    logger.info("delivery rate limit in force", {
      limit,
      period_seconds: periodSeconds,
      max,
      durationMs,
    });
  }

  async function setUntilDone(): Promise<void> {
    for (;;) {
      try {
        await set();
        outage.succeeded();
        return;
      } catch (error) {
        outage.failed(error);
        await setTimeout(RETRY_MS);
      }
    }
  }

  function apply(): Promise<void> {
    underWay ??= setUntilDone().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return { applied: apply(), apply: () => void apply() };
}
