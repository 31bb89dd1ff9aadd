import type { Overload } from "@mutt/backpressure";
import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

function keyOf(prefix: string): string {
  return `${prefix}:overload`;
}

/** The state as it was published, with the version that the next writer has to name. */
export interface PublishedOverload {
  version: number;
  overload: Overload;
}

/** Reads how the pipeline stands; `undefined` when no alerter has said so yet. */
export async function readOverload(
  redis: Redis,
  prefix: string,
): Promise<PublishedOverload | undefined> {
  const [version, text] = await redis.hmget(keyOf(prefix), "version", "overload");
  if (!version || !text) return undefined;
  return { version: Number(version), overload: JSON.parse(text) as Overload };
}

/**
 * Writes only over the version that the writer has seen: of several replicas that take a step at the same time one
 * wins, and the others follow it.
 * KEYS[1] the hash. ARGV[1] the version seen, ARGV[2] the new state.
 */
const PUBLISH = createScript(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '') or 0
if version ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', version + 1, 'overload', ARGV[2])
return 1
`);

/** Publishes a state over version `seen` (0: there is none); says whether it was taken. */
export async function publishOverload(
  redis: Redis,
  prefix: string,
  { seen, overload }: { seen: number; overload: Overload },
): Promise<boolean> {
  return Number(await PUBLISH.run(redis, [keyOf(prefix)], [seen, JSON.stringify(overload)])) === 1;
}
