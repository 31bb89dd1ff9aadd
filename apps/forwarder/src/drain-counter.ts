import { countDrained } from "@mutt/queues";
import type { Redis } from "ioredis";

/** Counts deliveries that have left the queue, for the alerters' drain rate. */
export interface DrainCounter extends AsyncDisposable {
  left(): void;
}

/** One command for all of a quarter of a second, instead of one for each. */
const FLUSH_MS = 250;

/** Starts counting; while Redis is away the count goes on here. */
export function startDrainCounter(redis: Redis, prefix: string): DrainCounter {
  let count = 0;
  let isFlushing = false;

  async function flush(): Promise<void> {
    if (count === 0 || isFlushing) return;
    isFlushing = true;
    const flushed = count;
    try {
      await countDrained(redis, prefix, flushed);
      count -= flushed;
    } catch {
      // The next flush takes it along.
    }
    isFlushing = false;
  }

  const timer = setInterval(() => void flush(), FLUSH_MS);
  return {
    left() {
      count++;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
    },
  };
}
