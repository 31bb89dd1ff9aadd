import { Cluster, type Redis } from "ioredis";

/** Asks Redis, or every master of a Cluster, for a section of its INFO. */
export async function infoOfNodes(redis: Redis, section: string): Promise<string[]> {
  const connection: unknown = redis;
  const nodes = connection instanceof Cluster ? connection.nodes("master") : [redis];
  return await Promise.all(nodes.map((node) => node.info(section)));
}
