import type { Redis } from "ioredis";
import { createScript } from "./script.ts";

/** KEYS[1]: any key of the node that is asked. */
const CLOCK = createScript(`
local clock = redis.call('TIME')
return clock[1] * 1000 + math.floor(clock[2] / 1000)
`);

/** Reads the clock of the node that holds a key, in epoch milliseconds: replicas with different clocks agree on it. */
export async function readClockMs(redis: Redis, key: string): Promise<number> {
  return Number(await CLOCK.run(redis, [key], []));
}
