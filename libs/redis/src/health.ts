import type { Redis } from "ioredis";

/** Answers `undefined` when Redis answers, else a sentence that says what is wrong. */
export async function redisProblem(redis: Redis): Promise<string | undefined> {
  if (redis.status !== "ready") return `not connected (${redis.status})`;
  const memory = await redis.info("memory");
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  // With any other policy a full Redis drops accepted events in silence.
  if (policy !== undefined && policy !== "noeviction") {
    return `maxmemory-policy is ${policy}; set it to noeviction, or events may be evicted`;
  }
  return undefined;
}
