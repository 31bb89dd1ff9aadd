import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

/** Replays since the beginning: started, and what became of them in the end. */
export interface ReplayTotals {
  started: number;
  succeeded: number;
  failed: number;
}

/** What became of a replayed alert: it reached an outcome that nobody has to look at, or it is a dead letter again. */
export type ReplayOutcome = "success" | "fail";

/** What is known of an alert that went ahead of its kind. */
export type CanaryOutcome = "pending" | "delivered" | "failed";

function totalsKey(prefix: string): string {
  return `${prefix}:replay-outcomes`;
}

function canariesKey(prefix: string): string {
  return `${prefix}:replay-canaries`;
}

/** KEYS: totals, canaries. ARGV[1] success or fail, ARGV[2…] alert ids. */
const COUNT = createScript(`
redis.call('HINCRBY', KEYS[1], ARGV[1], #ARGV - 1)
local state = ARGV[1] == 'success' and 'delivered' or 'failed'
for i = 2, #ARGV do
  if redis.call('HGET', KEYS[2], ARGV[i]) == 'pending' then redis.call('HSET', KEYS[2], ARGV[i], state) end
end
`);

/** Counts what became of replayed alerts; whoever sees the outcome calls this. */
export async function countReplayOutcomes(
  redis: Redis,
  prefix: string,
  outcome: ReplayOutcome,
  alertIds: readonly string[],
): Promise<void> {
  if (alertIds.length === 0) return;
  const keys = [totalsKey(prefix), canariesKey(prefix)];
  await COUNT.run(redis, keys, [outcome, ...alertIds]);
}

/** Counts a replay that was put back into its queue. */
export async function countReplayStarted(redis: Redis, prefix: string): Promise<void> {
  await redis.hincrby(totalsKey(prefix), "started", 1);
}

/** Reads the totals. */
export async function readReplayTotals(redis: Redis, prefix: string): Promise<ReplayTotals> {
  const [started, success, fail] = await redis.hmget(
    totalsKey(prefix),
    "started",
    "success",
    "fail",
  );
  return {
    started: Number(started ?? 0),
    succeeded: Number(success ?? 0),
    failed: Number(fail ?? 0),
  };
}

/** Remembers that an alert goes ahead of its kind, so that its outcome is kept. */
export async function markCanary(redis: Redis, prefix: string, alertId: string): Promise<void> {
  await redis.hset(canariesKey(prefix), alertId, "pending");
}

/** Reads what became of alerts that went ahead; `undefined` for those that are not remembered. */
export async function readCanaries(
  redis: Redis,
  prefix: string,
  alertIds: readonly string[],
): Promise<(CanaryOutcome | undefined)[]> {
  if (alertIds.length === 0) return [];
  const states = await redis.hmget(canariesKey(prefix), ...alertIds);
  return states.map((state) => (state ?? undefined) as CanaryOutcome | undefined);
}

/** Forgets alerts that went ahead. */
export async function forgetCanaries(
  redis: Redis,
  prefix: string,
  alertIds: readonly string[],
): Promise<void> {
  if (alertIds.length > 0) await redis.hdel(canariesKey(prefix), ...alertIds);
}
