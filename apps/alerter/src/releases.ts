import { releaseIngestDepth } from "@mutt/queues";
import type { Redis } from "ioredis";

/** Takes events off the count of queued ones, several chunks at a time. */
export interface Releases extends AsyncDisposable {
  add(events: number): void;
}

/** Chunks of so many milliseconds share one command. */
const GATHER_MS = 10;

/** Starts counting. What is lost with the process, or with Redis, is set right when the queue is empty. */
export function startReleases(redis: Redis, prefix: string): Releases {
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    timer = undefined;
    const events = count;
    count = 0;
    if (events > 0) await releaseIngestDepth(redis, prefix, events).catch(() => {});
  }

  return {
    add(events) {
      count += events;
      timer ??= setTimeout(() => void flush(), GATHER_MS);
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      // With Redis away this would hang until the deadline.
      if (redis.status === "ready") void flush();
    },
  };
}
