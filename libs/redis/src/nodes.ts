import { Cluster, type Redis } from "ioredis";

/**
 * Asks Redis, or every master of a Cluster, for a section of its INFO.
 *
 * Rejects while a connection is being made: ioredis 6.0 takes any INFO then for one of its own first commands, sends it at
 * once, and drops it without an answer when that connection breaks before it is ready. Whoever waits would do so for ever.
 */
export async function infoOfNodes(redis: Redis, section: string): Promise<string[]> {
  const connection: unknown = redis;
  const nodes = connection instanceof Cluster ? connection.nodes("master") : [redis];
  if (nodes.some(({ status }) => status === "connect")) throw new Error("Redis is being connected");
  return await Promise.all(nodes.map((node) => node.info(section)));
}
