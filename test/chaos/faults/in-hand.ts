import { QUEUE_NAMES } from "@mutt/queues";
import type { Redis } from "ioredis";

/** Jobs of chunks and deliveries say in their id how many events or alerts they hold; others hold one. */
export function membersOf(job: string): number {
  return Number(/\/[cd].{21}\.(\d+)/.exec(job)?.[1] ?? 1);
}

/** Reads the ids of all jobs that workers have in hand, each with its queue. */
export async function readInHand(client: Redis, prefix: string): Promise<string[]> {
  const lists = await Promise.all(
    QUEUE_NAMES.map(async (queue) => {
      const jobIds = await client.lrange(`${prefix}:${queue}:active`, 0, "-1");
      return jobIds.map((jobId) => `${queue}/${jobId}`);
    }),
  );
  return lists.flat();
}
