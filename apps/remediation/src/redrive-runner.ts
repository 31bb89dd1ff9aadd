import { setTimeout as sleep } from "node:timers/promises";
import type { DeadLetterQueueName, PipelineQueue } from "@mutt/queues";
import { createOutageLog } from "@mutt/redis";
import { advanceRedrive, type Claim, claimRedrive, readActive, readRedrive } from "@mutt/redrive";
import type { Logger } from "@mutt/service";
import { storeKeys } from "@mutt/store";
import type { Redis } from "ioredis";
import type { GateWatch } from "./gate-watch.ts";
import type { RemediationMetrics } from "./metrics.ts";
import { runStep } from "./redrive-step.ts";

/** What running redrives needs. */
export interface RedriveRunnerDeps {
  redis: Redis;
  prefix: string;
  /** Of this process, to tell replicas apart. */
  name: string;
  queues: readonly PipelineQueue<DeadLetterQueueName>[];
  gates: GateWatch;
  maxPoisonRetries(): number;
  metrics: Pick<RemediationMetrics, "blocked">;
  logger: Logger;
}

const STEP_MS = 250;

/** The longest that a stop waits for the step under way, in milliseconds. */
const GOODBYE_MS = 150;

/** Turns that a redrive can save up while it is held back, in seconds of its pace. */
const SAVED_SECONDS = 1;

/** What this process knows of a redrive that it works on. */
interface Work {
  /** Entries that may be asked for; a fraction is not lost. */
  turns: number;
  /** When the last ones were earned, on the clock of the process. */
  atMs: number;
  passed: Set<string>;
}

/**
 * Starts running redrives. All their state is in Redis, so that they outlive every process, and one replica at a time works on
 * each. It only asks for replays: the workers of the dead letter queues hold every one to the gates and the storm cap.
 */
export function startRedriveRunner(deps: RedriveRunnerDeps): AsyncDisposable {
  const { redis, prefix, logger } = deps;
  const outage = createOutageLog(logger, "running redrives");
  const orders = { redis, prefix, auditKey: storeKeys(prefix).audit };
  const works = new Map<string, Work>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let running = Promise.resolve();

  async function runAll(): Promise<void> {
    const ids = await readActive(deps);
    for (const id of works.keys()) if (!ids.includes(id)) works.delete(id);
    for (const id of ids) {
      const claim = await claimRedrive(deps, id, deps.name);
      if (claim === undefined) works.delete(id);
      else await runOne(id, claim);
      if (isStopped) return;
    }
  }

  async function runOne(id: string, { fence, places }: Claim): Promise<void> {
    try {
      const redrive = await readRedrive(deps, id);
      if (redrive === undefined) return;
      const work = works.get(id) ?? {
        turns: 0,
        atMs: performance.now() - STEP_MS,
        passed: new Set(),
      };
      works.set(id, work);
      earn(work, redrive.max_per_second);
      const step = await runStep(
        { ...deps, isStopped: () => isStopped },
        { redrive, places, most: Math.floor(work.turns), passed: work.passed },
      );
      work.turns -= step.done;
      const state = await advanceRedrive(orders, id, { fence, step });
      if (step.waitingFor !== undefined && step.waitingFor !== redrive.waiting_for) {
        deps.metrics.blocked(step.waitingFor);
      }
      if (state === "done") logger.info("redrive done", { redrive: id, entries: redrive.done });
    } catch (error) {
      // Trouble with Redis passes; a document that nobody can work with would block its queues for good.
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      logger.error("redrive failed", { redrive: id, detail: error.message });
      const end = { state: "failed", error: error.message } as const;
      await advanceRedrive(orders, id, { fence, step: { done: 0, skipped: 0, places, end } });
    }
  }

  async function loop(): Promise<void> {
    try {
      await runAll();
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(begin, STEP_MS);
  }

  const begin = (): void => {
    running = loop();
  };
  begin();
  return {
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
      // With Redis away it hangs; what it has written down so far is where the next one goes on.
      await Promise.race([running, sleep(GOODBYE_MS)]);
    },
  };
}

function earn(work: Work, perSecond: number): void {
  const nowMs = performance.now();
  const earned = ((nowMs - work.atMs) * perSecond) / 1000;
  work.turns = Math.min(work.turns + earned, Math.max(1, perSecond * SAVED_SECONDS));
  work.atMs = nowMs;
}
