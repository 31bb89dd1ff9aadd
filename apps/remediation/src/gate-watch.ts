import type { CircuitBreaker } from "@mutt/circuit-breaker";
import { readMoogHealth, readOverload } from "@mutt/pipeline-state";
import { backlog, type PipelineQueue, readCounts } from "@mutt/queues";
import { createOutageLog, readMemoryUse } from "@mutt/redis";
import { askGates, type GateAnswer, type PipelineView } from "@mutt/replay";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";

/** What the watch looks at. */
export interface GateWatchDeps {
  redis: Redis;
  prefix: string;
  alert: PipelineQueue<"alert">;
  breaker: Pick<CircuitBreaker, "read">;
  isEnabled(): boolean;
  logger: Logger;
}

/** Knows whether replays may go on, without a call to Redis for each entry. */
export interface GateWatch extends AsyncDisposable {
  /** `isAutomatic`: the setting that switches the automatic replay off does not bind an operator. */
  ask(options: { isAutomatic: boolean }): GateAnswer;
  /** Resolves after the first look. */
  ready: Promise<void>;
}

const INTERVAL_MS = 500;

/** An older view closes the gates: whoever replays blindly could start a storm. */
const STALE_MS = 5000;

const UNKNOWN: PipelineView = {
  isEnabled: true,
  isShedding: false,
  memoryUse: 1,
  isMoogUnhealthy: false,
  breaker: "closed",
  breakerWaitMs: 0,
  depth: 0,
  drainRate: 0,
};

/** Starts watching; before the first look, and when Redis has been away for long, every gate is closed. */
export function startGateWatch(deps: GateWatchDeps): GateWatch {
  const { redis, prefix, logger } = deps;
  const outage = createOutageLog(logger, "looking at the gates (nothing is replayed)");
  const first = Promise.withResolvers<void>();
  let view = UNKNOWN;
  let seenAtMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function look(): Promise<void> {
    const [published, memoryUse, health, breaker, counts] = await Promise.all([
      readOverload(redis, prefix),
      readMemoryUse(redis),
      readMoogHealth(redis, prefix),
      deps.breaker.read(),
      readCounts(deps.alert),
    ]);
    view = {
      isEnabled: true,
      isShedding: (published?.overload.share ?? 0) > 0,
      memoryUse,
      isMoogUnhealthy: health !== undefined && !health.isHealthy,
      breaker: breaker.state,
      breakerWaitMs: breaker.waitMs,
      depth: backlog(counts) + counts.active,
      drainRate: published?.overload.drainRate ?? 0,
    };
    seenAtMs = performance.now();
  }

  async function loop(): Promise<void> {
    try {
      await look();
      outage.succeeded();
      first.resolve();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void loop(), INTERVAL_MS);
  }

  void loop();
  return {
    ready: first.promise,
    ask({ isAutomatic }) {
      const isFresh = performance.now() - seenAtMs <= STALE_MS;
      const isEnabled = !isAutomatic || deps.isEnabled();
      return askGates({ ...(isFresh ? view : UNKNOWN), isEnabled });
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
