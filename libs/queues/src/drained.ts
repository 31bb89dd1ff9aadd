import type { Redis } from "ioredis";

function keyOf(prefix: string): string {
  return `${prefix}:alert-drained`;
}

/** Counts deliveries that have left the alert queue for good: delivered, split or dead. */
export async function countDrained(redis: Redis, prefix: string, jobs: number): Promise<void> {
  await redis.incrby(keyOf(prefix), jobs);
}

/** How many deliveries have left the alert queue since it began; the drain rate is its growth. */
export async function readDrained(redis: Redis, prefix: string): Promise<number> {
  return Number((await redis.get(keyOf(prefix))) ?? 0);
}
