import { hash } from "node:crypto";
import { isIPv6 } from "node:net";
import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

/** Whether a try may go on, and how long to wait before the next. */
interface TryAnswer {
  isAllowed: boolean;
  /** Milliseconds; 0 while nobody has to wait. */
  waitMs: number;
}

/** Keeps people from guessing keys. */
export interface SignInLimit {
  /** Counts a try of an address as failed, before it is known whether it is. */
  begin(address: string): Promise<TryAnswer>;
  /** Takes that back: the key was right. */
  succeeded(address: string): Promise<void>;
}

/** Tries of one address without a wait. */
const FREE_TRIES = 5;
/** The first wait; it doubles with each further try that fails. */
const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After this long without a try an address is forgotten. */
const FORGET_MS = 60 * 60_000;
/** Failed tries of all addresses together in a minute: many addresses help little. */
const FAILURES_PER_MINUTE = 100;

/**
 * Counts before the key is looked at, so that many tries at once are not all the first.
 * KEYS: the address, all addresses. ARGV: now, free tries, first wait, longest wait, forget, failures per minute.
 */
const BEGIN = createScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local left = (tonumber(redis.call('HGET', KEYS[1], 'until') or '') or 0) - now
if left > 0 then return {0, left} end
if (tonumber(redis.call('GET', KEYS[2]) or '') or 0) >= tonumber(ARGV[5]) then
  return {0, math.max(1, redis.call('PTTL', KEYS[2]))}
end
local all = redis.call('INCR', KEYS[2])
if all == 1 then redis.call('PEXPIRE', KEYS[2], 60000) end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local wait = 0
if tries >= tonumber(ARGV[1]) then
  wait = math.min(tonumber(ARGV[2]) * 2 ^ (tries - tonumber(ARGV[1])), tonumber(ARGV[3]))
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + wait))
end
return {1, math.floor(wait)}
`);

/** KEYS: the address, all addresses. */
const SUCCEEDED = createScript(`
redis.call('DEL', KEYS[1])
if (tonumber(redis.call('GET', KEYS[2]) or '') or 0) > 0 then redis.call('DECR', KEYS[2]) end
`);

/** Makes the limit; replicas share it through Redis, where each address is one small hash for an hour. */
export function createSignInLimit({
  redis,
  prefix,
}: {
  redis: Redis;
  prefix: string;
}): SignInLimit {
  const keysOf = (address: string) => [
    `${prefix}:sign-in:${hash("sha256", networkOf(address), "hex").slice(0, 32)}`,
    `${prefix}:sign-in-failures`,
  ];
  return {
    async begin(address) {
      const args = [FREE_TRIES, FIRST_WAIT_MS, LONGEST_WAIT_MS, FORGET_MS, FAILURES_PER_MINUTE];
      const [isAllowed, waitMs] = (await BEGIN.run(redis, keysOf(address), args)) as number[];
      return { isAllowed: isAllowed === 1, waitMs: waitMs ?? 0 };
    },
    async succeeded(address) {
      await SUCCEEDED.run(redis, keysOf(address), []);
    },
  };
}

/** One customer commonly has a whole /64 of IPv6 addresses. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  if (tail === undefined) return groups.slice(0, 4).join(":");
  const tailGroups = tail.split(":").filter((group) => group !== "");
  const zeros = Array.from({ length: 8 - groups.length - tailGroups.length }, () => "0");
  return [...groups, ...zeros, ...tailGroups].slice(0, 4).join(":");
}
