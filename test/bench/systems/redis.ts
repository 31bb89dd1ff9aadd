import { startTestRedis, type TestRedis } from "@mutt/testkit";

/** When Redis brings its append-only file to the disk, for every system alike. */
export const APPENDFSYNC = "everysec";

/** Starts the Redis of one system: its own, empty, with an append-only file. */
export async function startBenchRedis(): Promise<TestRedis> {
  return await startTestRedis({ appendfsync: APPENDFSYNC });
}
