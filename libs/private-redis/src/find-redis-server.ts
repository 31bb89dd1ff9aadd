import { findProgram, type Program } from "@mutt/machine-packages";

/** A Redis server program of this machine. */
export type RedisServer = Program;

/** Both say it alike: "Redis server v=7.0.15 sha=...", "Valkey server v=8.0.1 sha=...". */
export const REDIS_SEARCH = {
  commands: ["redis-server", "valkey-server"],
  versionPattern: /\bv=(\d+\.\d+\.\d+)/,
} as const;

/**
 * Finds the Redis (or Valkey) server program on the PATH by asking it for its version.
 * Undefined when there is none, or none that runs.
 */
export function findRedisServer(): Promise<RedisServer | undefined> {
  return findProgram(REDIS_SEARCH);
}
