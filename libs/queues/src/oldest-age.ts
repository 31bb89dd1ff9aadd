import { createScript } from "@mutt/redis";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";

/**
 * Looks at the head of every priority: the head of the best one alone would hide a level that starves.
 * Scores are priority * 2^32 plus a counter (BullMQ's own layout).
 * KEYS: wait, prioritized. ARGV[1]: what comes before a job's id in its key.
 */
const OLDEST = createScript(`
local heads = {redis.call('LINDEX', KEYS[1], -1)}
for priority = 1, 8 do
  local from = priority * 4294967296
  local found = redis.call('ZRANGEBYSCORE', KEYS[2], from, from + 4294967295, 'LIMIT', 0, 1)
  heads[#heads + 1] = found[1]
end
local oldest
for _, id in pairs(heads) do
  local at = id and tonumber(redis.call('HGET', ARGV[1] .. id, 'timestamp') or '')
  if at and (not oldest or at < oldest) then oldest = at end
end
if not oldest then return -1 end
local clock = redis.call('TIME')
return math.max(0, clock[1] * 1000 + math.floor(clock[2] / 1000) - oldest)
`);

/** Age in seconds of the job that waits longest in a queue; 0 when none waits. */
export async function oldestAgeSeconds(redis: Redis, queue: Queue): Promise<number> {
  const keys = [queue.toKey("wait"), queue.toKey("prioritized")];
  const ageMs = Number(await OLDEST.run(redis, keys, [queue.toKey("")]));
  return Math.max(0, ageMs) / 1000;
}
