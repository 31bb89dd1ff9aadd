import { createOutageLog, readMemoryUse } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";

/** Tells whether Redis has room for more events. */
export interface MemoryGuard extends AsyncDisposable {
  isNearlyFull(): boolean;
}

/**
 * Above this share of `maxmemory` nothing new is taken. A Redis that is really full lets no worker fetch a job,
 * so nothing could drain and free memory again: the rest belongs to what was accepted already.
 */
const NEARLY_FULL = 0.85;

const INTERVAL_MS = 1000;

/** Starts watching the memory of Redis; while it cannot be read, the last answer stands. */
export function startMemoryGuard(redis: Redis, logger: Logger): MemoryGuard {
  const shortage = createOutageLog(logger, "memory of Redis (new events are refused)");
  let use = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function look(): Promise<void> {
    try {
      use = await readMemoryUse(redis);
      if (use >= NEARLY_FULL) shortage.failed(`${Math.round(use * 100)} % of maxmemory in use`);
      else shortage.succeeded();
    } catch {
      // Redis is away: whoever needs it says so.
    }
    if (!isStopped) timer = setTimeout(() => void look(), INTERVAL_MS);
  }

  void look();
  return {
    isNearlyFull: () => use >= NEARLY_FULL,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
