import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

/**
 * Key of the counter of events that were accepted and not yet worked on.
 * Jobs cannot be counted for this: a chunk holds between one and a hundred events.
 */
export function ingestDepthKey(prefix: string): string {
  return `${prefix}:ingest-depth`;
}

/** Never below zero: an add that timed out may have been given back although it was stored. */
const RELEASE = createScript(`
local left = redis.call('DECRBY', KEYS[1], ARGV[1])
if left < 0 then redis.call('SET', KEYS[1], 0) left = 0 end
return left
`);

/** Only when nobody touched it since it was read. */
const SETTLE = createScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end
return 0
`);

/** Takes events that reached an outcome, or never came in, off the counter. */
export async function releaseIngestDepth(
  redis: Redis,
  prefix: string,
  events: number,
): Promise<void> {
  await RELEASE.run(redis, [ingestDepthKey(prefix)], [events]);
}

/** Counts events that come back into the ingest queue. */
export async function raiseIngestDepth(
  redis: Redis,
  prefix: string,
  events: number,
): Promise<void> {
  await redis.incrby(ingestDepthKey(prefix), events);
}

/** Reads the number of events that wait in the ingest queue. */
export async function readIngestDepth(redis: Redis, prefix: string): Promise<number> {
  return Number((await redis.get(ingestDepthKey(prefix))) ?? 0);
}

/**
 * Sets the counter right where the queue shows that it is wrong; processes that were killed leave it too high.
 * `seen` is the value read before the queue was looked at: if it moved since, nothing happens.
 */
export async function settleIngestDepth(
  redis: Redis,
  prefix: string,
  { seen, actual }: { seen: number; actual: number },
): Promise<void> {
  await SETTLE.run(redis, [ingestDepthKey(prefix)], [String(seen), actual]);
}
