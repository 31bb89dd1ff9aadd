import { type Overload, retryAfterMs } from "@mutt/backpressure";
import type { IngestedEvent } from "@mutt/event";
import { readOverload } from "@mutt/pipeline-state";
import type { Redis } from "ioredis";

/** Follows the overload state that the alerters publish. */
export interface OverloadWatch extends AsyncDisposable {
  /**
   * How long the sender of these events should wait, in milliseconds, when every one of them would only be put off;
   * `undefined` when they are welcome. Judged by severity alone: the rules are the alerter's.
   */
  waitFor(events: readonly Pick<IngestedEvent, "severity">[]): number | undefined;
}

const INTERVAL_MS = 500;

/** A state that no alerter has renewed for this long says nothing any more. */
const STALE_MS = 5000;

/** Starts following. Without a fresh state every event is welcome: a dead alerter must not close the door. */
export function startOverloadWatch(redis: Redis, prefix: string): OverloadWatch {
  let overload: Overload | undefined;
  let version = 0;
  let renewedAtMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function look(): Promise<void> {
    try {
      const published = await readOverload(redis, prefix);
      if (published !== undefined && published.version !== version) {
        ({ version, overload } = published);
        renewedAtMs = performance.now();
      }
    } catch {
      // Redis is away: the state grows stale, and whoever needs Redis says so.
    }
    if (!isStopped) timer = setTimeout(() => void look(), INTERVAL_MS);
  }

  void look();
  return {
    waitFor(events) {
      if (overload === undefined || performance.now() - renewedAtMs > STALE_MS) return undefined;
      const { mode, share, shedFrom } = overload;
      if (mode !== "defer" || share === 0) return undefined;
      if (!events.every(({ severity }) => severity >= shedFrom)) return undefined;
      return retryAfterMs(overload, Math.random());
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
