import { startTestRedis, type TestRedis } from "@mutt/testkit";

/** When Redis brings its append-only file to the disk, for every system alike. */
export const APPENDFSYNC = "everysec";

/**
 * Starts the Redis of one system: its own, empty, with an append-only file; `maxmemory` as Redis writes it, no limit
 * when left out.
 */
export async function startBenchRedis(maxmemory = "0"): Promise<TestRedis> {
  return await startTestRedis({ appendfsync: APPENDFSYNC, maxmemory });
}
