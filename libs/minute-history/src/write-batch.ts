import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";
import { HOUR_KEPT_S, hourKey, hourOf, MINUTE_KEPT_S, minuteKey } from "./keys.ts";
import type { Batch } from "./tally.ts";

/** How long the number of a recorder's last batch is remembered, in seconds. */
const NUMBER_KEPT_S = 24 * 3600;

/**
 * Writes a batch once, however often it is sent: an answer that came too late is no answer, but the batch may have
 * been written. The minutes in which an app was up are counted once for all its processes.
 *
 * KEYS[1] number of the recorder's last batch, then for each minute the hashes of the minute and of its hour.
 * ARGV: number, seconds that it, minutes and hours are kept, then for each minute the number of fields and
 * each field with its count.
 */
const WRITE = createScript(`
local last = tonumber(redis.call('GET', KEYS[1]) or '') or 0
if last >= tonumber(ARGV[1]) then return 0 end
local at = 5
for key = 2, #KEYS, 2 do
  local fields = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, fields do
    local field, count = ARGV[at], ARGV[at + 1]
    at = at + 2
    if string.sub(field, 1, 3) == 'up_' then
      if redis.call('HSETNX', KEYS[key], field, 1) == 1 then
        redis.call('HINCRBY', KEYS[key + 1], field, 1)
      end
    else
      redis.call('HINCRBY', KEYS[key], field, count)
      redis.call('HINCRBY', KEYS[key + 1], field, count)
    end
  end
  redis.call('EXPIRE', KEYS[key], ARGV[3])
  redis.call('EXPIRE', KEYS[key + 1], ARGV[4])
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
`);

/** Writes a batch of the recorder `recorderId`; rejects when Redis did not answer that it did. */
export async function writeBatch(
  { redis, prefix }: { redis: Redis; prefix: string },
  recorderId: string,
  batch: Batch,
): Promise<void> {
  const keys = [`${prefix}:recorder:${recorderId}`];
  const args: (string | number)[] = [batch.number, NUMBER_KEPT_S, MINUTE_KEPT_S, HOUR_KEPT_S];
  for (const [minute, counts] of batch.minutes) {
    keys.push(minuteKey(prefix, minute), hourKey(prefix, hourOf(minute)));
    args.push(counts.size, ...[...counts].flat());
  }
  await WRITE.run(redis, keys, args);
}
