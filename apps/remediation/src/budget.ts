import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

/** The limits of replays in force. */
export interface BudgetLimits {
  intervalMs: number;
  /** Entries of one interval. */
  allowed: number;
  /** Between two entries. */
  pauseMs: number;
}

/** A turn was given, to be taken after `waitMs`; or there is none, and it is worth asking again after `waitMs`. */
export interface Turn {
  isGranted: boolean;
  waitMs: number;
}

/** The longest that a worker waits for its turn with the entry in its hands; a lock is renewed, but a stop should be quick. */
const LONGEST_TURN_MS = 2000;

/**
 * One storm cap for everything that replays: the loop, redrives and Retry all, over all replicas. The clock is the
 * server's.
 * KEYS[1] hash. ARGV: interval in ms, entries per interval, pause in ms, longest wait in ms.
 */
const TAKE = createScript(`
local interval, allowed, pause = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local window = math.floor(now / interval)
local head = redis.call('HMGET', KEYS[1], 'window', 'used', 'next')
local used = tonumber(head[1] or '') == window and tonumber(head[2] or '') or 0
if used >= allowed then return {0, (window + 1) * interval - now} end
local turn = math.max(now, math.min(tonumber(head[3] or '') or 0, now + 60000))
if turn - now > tonumber(ARGV[4]) then return {0, turn - now} end
redis.call('HSET', KEYS[1], 'window', window, 'used', used + 1, 'next', turn + pause)
redis.call('PEXPIRE', KEYS[1], interval * 2 + 60000)
return {1, turn - now}
`);

/** Asks for one turn of replay. */
export async function takeTurn(
  { redis, prefix }: { redis: Redis; prefix: string },
  { intervalMs, allowed, pauseMs }: BudgetLimits,
): Promise<Turn> {
  const args = [intervalMs, allowed, pauseMs, LONGEST_TURN_MS];
  const [granted, waitMs] = (await TAKE.run(redis, [`${prefix}:replay-budget`], args)) as [
    number,
    number,
  ];
  return { isGranted: granted === 1, waitMs };
}
