import { setTimeout as sleep } from "node:timers/promises";
import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

/** Says which of several replicas does what only one may do. */
export interface Leader extends AsyncDisposable {
  /** Whether this process leads now; asks Redis, and takes the lead when nobody has it. */
  leads(): Promise<boolean>;
}

/** A leader that is not heard of for this long is followed by another one, in milliseconds. */
const TERM_MS = 10_000;

/** The longest that a goodbye may take, in milliseconds. */
const RESIGN_MS = 150;

/** KEYS[1] lock. ARGV: name, term in ms. */
const LEAD = createScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

/** KEYS[1] lock. ARGV[1] name. */
const RESIGN = createScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/**
 * Makes the election of one task. Two leaders at a time, after a long pause of one, do no harm: an entry can be asked for
 * only once, and the storm cap is kept in Redis.
 */
export function createLeader(
  redis: Redis,
  { prefix, task, name }: { prefix: string; task: string; name: string },
): Leader {
  const keys = [`${prefix}:leader:${task}`];
  return {
    leads: async () => Number(await LEAD.run(redis, keys, [name, TERM_MS])) === 1,
    async [Symbol.asyncDispose]() {
      // While Redis is away the term ends by itself.
      if (redis.status !== "ready") return;
      const resigned = RESIGN.run(redis, keys, [name]).catch(() => {});
      await Promise.race([resigned, sleep(RESIGN_MS)]);
    },
  };
}
