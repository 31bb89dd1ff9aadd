import { type DeadLetterQueueName, type PipelineQueue, readDeadLetterPage } from "@mutt/queues";
import type { PlacedEntry } from "@mutt/replay";
import type { Redis } from "ioredis";

/** Reads parked entries round by round, so that a long queue is seen as a whole in the end. */
export interface Scan {
  next(): Promise<PlacedEntry[]>;
}

/** Entries that one round looks at: a few megabytes of the usual size, and 128 MiB of the largest there can be. */
const ROUND_ENTRIES = 2000;

/** Entries of one page: a few milliseconds of Redis, and of this process. */
const PAGE = 250;

/** Starts at the oldest entry; each round goes on where the last one ended, and at the end from the front. */
export function createScan<Name extends DeadLetterQueueName>(
  redis: Redis,
  queue: PipelineQueue<Name>,
): Scan {
  let after: string | undefined;
  return {
    async next() {
      const entries: PlacedEntry[] = [];
      while (entries.length < ROUND_ENTRIES) {
        const page = await readDeadLetterPage(redis, queue, { after, limit: PAGE });
        for (const { id, entry } of page.items) entries.push({ queue: queue.name, id, entry });
        after = page.next;
        if (after === undefined) break;
      }
      return entries;
    },
  };
}
