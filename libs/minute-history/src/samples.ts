import type { Redis } from "ioredis";
import type { Gauge } from "./fields.ts";
import { MINUTE_KEPT_S, minuteKey, minuteOf } from "./keys.ts";

/** Writes what was seen at one moment into its minute; a later look in the same minute replaces it. */
export async function writeSample(
  { redis, prefix }: { redis: Redis; prefix: string },
  epochMs: number,
  sample: Partial<Record<Gauge, number>>,
): Promise<void> {
  const fields = Object.entries(sample).filter(([, value]) => Number.isFinite(value));
  if (fields.length === 0) return;
  const key = minuteKey(prefix, minuteOf(epochMs));
  const replies = await redis
    .multi()
    .hset(key, Object.fromEntries(fields))
    .expire(key, MINUTE_KEPT_S)
    .exec();
  for (const [error] of replies ?? []) if (error) throw error;
}
