import type { IngestedEvent } from "@mutt/event";
import { createOutageLog, readMemoryUse } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";

/** Tells whether Redis has room for more events. */
export interface MemoryGuard extends AsyncDisposable {
  /** Whether nothing at all may come in any more. */
  isFull(): boolean;
  /** Whether these events may not come in; those with something critical among them may for longest. */
  refuses(events: readonly Pick<IngestedEvent, "severity">[]): boolean;
}

/**
 * Above this share of `maxmemory` nothing new is taken, save critical events. A Redis that is really full lets no worker fetch a job,
 * so nothing could drain and free memory again: the rest belongs to what was accepted already.
 */
const NEARLY_FULL = 0.85;

/** Above this share critical events are not taken either: what is left keeps the workers going. */
const FULL = 0.92;

const LEAST_SEVERE_CRITICAL = 2;

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
    isFull: () => use >= FULL,
    refuses: (events) =>
      use >= NEARLY_FULL && !events.some(({ severity }) => severity <= LEAST_SEVERE_CRITICAL),
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
