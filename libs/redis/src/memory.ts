import type { Redis } from "ioredis";
import { infoOfNodes } from "./nodes.ts";

/** Reads how much of its `maxmemory` Redis uses: 0 to about 1, and 0 when there is no limit; of a Cluster the fullest node. */
export async function readMemoryUse(redis: Redis): Promise<number> {
  const nodes = await infoOfNodes(redis, "memory");
  return Math.max(...nodes.map(useOf));
}

function useOf(memory: string): number {
  const used = Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? 0);
  const limit = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1] ?? 0);
  return limit > 0 ? used / limit : 0;
}
