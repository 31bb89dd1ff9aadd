import { execFile } from "node:child_process";

/** A Redis server program of this machine. */
export type RedisServer = {
  /** The program to run, found through the PATH. */
  command: string;
  /** As it says itself, e.g. `7.0.15`. */
  version: string;
};

const CANDIDATES = ["redis-server", "valkey-server"];

/**
 * Finds the Redis (or Valkey) server program on the PATH by asking it for its version.
 * Undefined when there is none, or none that runs.
 */
export async function findRedisServer(): Promise<RedisServer | undefined> {
  for (const command of CANDIDATES) {
    const version = await askVersion(command);
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

function askVersion(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ["--version"], { timeout: 10_000 }, (error, stdout) => {
      // Both say: "Redis server v=7.0.15 sha=...", "Valkey server v=8.0.1 sha=...".
      resolve(error ? undefined : (/\bv=(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? undefined));
    });
  });
}
