import type { Redis } from "ioredis";

/** Reads how much of its `maxmemory` Redis uses: 0 to about 1, and 0 when there is no limit. */
export async function readMemoryUse(redis: Redis): Promise<number> {
  const memory = await redis.info("memory");
  const used = Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? 0);
  const limit = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1] ?? 0);
  return limit > 0 ? used / limit : 0;
}
