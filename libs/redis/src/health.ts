import type { Redis } from "ioredis";
import { infoOfNodes } from "./nodes.ts";

/** Answers `undefined` when Redis answers, else a sentence that says what is wrong. */
export async function redisProblem(redis: Redis): Promise<string | undefined> {
  if (redis.status !== "ready") return `not connected (${redis.status})`;
  const nodes = await infoOfNodes(redis, "memory");
  const policies = nodes.map((memory) => /^maxmemory_policy:(\S+)/m.exec(memory)?.[1]);
  // With any other policy a full Redis drops accepted events in silence.
  const wrong = policies.find((policy) => policy !== undefined && policy !== "noeviction");
  if (wrong === undefined) return undefined;
  return `maxmemory-policy is ${wrong}; set it to noeviction, or events may be evicted`;
}
