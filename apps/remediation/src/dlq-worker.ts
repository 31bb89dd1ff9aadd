import { setTimeout as sleep } from "node:timers/promises";
import type { DeadLetter } from "@mutt/dead-letter";
import { countReplayStarted, type StoryWriter } from "@mutt/pipeline-state";
import {
  addDeadLetters,
  addReplay,
  type DeadLetterQueueName,
  forgetRequest,
  type OriginQueues,
  type PipelineJob,
  type PipelineQueue,
  type ReplayRequest,
  raiseIngestDepth,
  readRequest,
  replayJobId,
} from "@mutt/queues";
import { countReplay, type GateName, isPoison } from "@mutt/replay";
import type { Logger } from "@mutt/service";
import { recordAudit } from "@mutt/store";
import { DelayedError, UnrecoverableError } from "bullmq";
import type { Redis } from "ioredis";
import { type BudgetLimits, takeTurn } from "./budget.ts";
import type { GateWatch } from "./gate-watch.ts";
import type { RemediationMetrics } from "./metrics.ts";
import { leftStory } from "./stories.ts";

/** What the worker of a dead letter queue needs. */
export interface DlqWorkerDeps {
  redis: Redis;
  prefix: string;
  origins: OriginQueues;
  dead: PipelineQueue<"dlq-dead">;
  gates: GateWatch;
  /** Entries of a queue that wait, delayed, for their turn. */
  delayed(queue: DeadLetterQueueName): number;
  stories: StoryWriter;
  limits(): BudgetLimits;
  maxPoisonRetries(): number;
  metrics: RemediationMetrics;
  logger: Logger;
}

/** An entry whose gate is closed is looked at again after this long, and up to twice that, in milliseconds. */
const GATE_WAIT_MS = 3000;

type DlqJob = PipelineJob<DeadLetterQueueName>;

/**
 * Works on a job of a dead letter queue: a new one is parked, one that comes back was asked for.
 * An entry is parked by failing it with the error that made it a dead letter, so that Bull Board lists it under Failed with
 * its real reason and a Retry button. It stands in its queue at every instant until it is somewhere else.
 */
export async function workOnDeadLetter(
  deps: DlqWorkerDeps,
  job: DlqJob,
  token: string,
): Promise<void> {
  // What was never failed here is new. A crash while parking raises the starts, not this.
  if (job.attemptsMade === 0) throw parked(job.data);
  try {
    await answerRequest(deps, job, token);
  } catch (error) {
    if (error instanceof DelayedError || error instanceof UnrecoverableError) throw error;
    // A full Redis, say. The entry stays, and shows what made it a dead letter, not what kept it from going.
    deps.logger.warn("a dead letter could not be replayed: parked again", {
      job_id: job.id,
      detail: error instanceof Error ? error.message : String(error),
    });
    throw parked(job.data);
  }
}

async function answerRequest(deps: DlqWorkerDeps, job: DlqJob, token: string): Promise<void> {
  const queue = job.queueName as DeadLetterQueueName;
  const id = job.id ?? "";
  const request = await readRequest(deps, queue, id);
  if (queue !== "dlq-dead" && isPoison(job.data, { maxPoisonRetries: deps.maxPoisonRetries() })) {
    await bury(deps, job.data);
  } else {
    await untilAllowed(deps, job, token, request);
    await replay(deps, queue, job.data, request);
  }
  await forgetRequest(deps, queue, id);
}

/** The error that an entry is parked with. */
function parked({ class: kind, reason, error }: DeadLetter): Error {
  const failure = new UnrecoverableError(error);
  failure.stack = `${kind} (${reason}): ${error}`;
  return failure;
}

async function bury({ dead, metrics, logger }: DlqWorkerDeps, entry: DeadLetter): Promise<void> {
  const reason = "max_poison_retries";
  await addDeadLetters(dead, [{ ...entry, reason }]);
  metrics.buried(entry.class);
  logger.error("a dead letter is out of replays: moved to dlq-dead", {
    alert_id: entry.alert_id,
    class: entry.class,
    replays: entry.replays,
    detail: entry.error,
  });
}

/** Returns when the entry may go; otherwise throws what puts it aside: back to the parked ones, or delayed. */
async function untilAllowed(
  deps: DlqWorkerDeps,
  job: DlqJob,
  token: string,
  request: ReplayRequest,
): Promise<void> {
  const isAutomatic = request.by === "auto";
  const hold = async (gate: GateName, waitMs: number) => {
    deps.metrics.blocked(gate);
    // The loop asks again by itself; parked the entry shows its real error meanwhile.
    if (isAutomatic) {
      await forgetRequest(deps, job.queueName, job.id ?? "");
      throw parked(job.data);
    }
    await job.updateProgress({ waits_for: gate, asked_by: request.actor ?? request.by });
    await job.moveToDelayed(Date.now() + waitMs, token);
    throw new DelayedError();
  };
  const answer = deps.gates.ask({ isAutomatic });
  if (answer.kind === "closed") {
    return await hold(answer.gate, GATE_WAIT_MS * (1 + Math.random()));
  }
  const limits = deps.limits();
  const allowed = answer.kind === "canary" ? 1 : limits.allowed;
  const turn = await takeTurn(deps, { ...limits, allowed });
  if (!turn.isGranted) {
    // However many wait, together they ask about as often as there are turns.
    const delayed = deps.delayed(job.queueName as DeadLetterQueueName);
    const spread = (delayed * limits.intervalMs) / Math.max(1, allowed);
    return await hold("storm_cap", turn.waitMs + spread * Math.random());
  }
  if (turn.waitMs > 0) await sleep(turn.waitMs);
}

/** Adds first and acknowledges after; the same counts give the same id, so that a repeat adds nothing. */
async function replay(
  deps: DlqWorkerDeps,
  queue: DeadLetterQueueName,
  entry: DeadLetter,
  request: ReplayRequest,
): Promise<void> {
  const { redis, prefix, metrics, logger } = deps;
  const counts = countReplay(entry);
  const by = request.actor ?? request.by;
  // Before the add: a fast alerter takes it off again at once. The alerter sets the counter right after a crash.
  if (entry.origin_queue === "ingest") await raiseIngestDepth(redis, prefix, 1);
  deps.stories.note([leftStory("replayed", entry, Date.now(), replayJobId(entry, counts))]);
  await addReplay(deps.origins, entry, { counts, by });
  await countReplayStarted(redis, prefix);
  if (queue === "dlq-dead") await auditResurrection(deps, entry, by);
  metrics.moved(entry.class);
  logger.info("dead letter replayed", {
    alert_id: entry.alert_id,
    queue,
    class: entry.class,
    by,
    ...counts,
  });
}

async function auditResurrection(
  { redis, prefix }: DlqWorkerDeps,
  entry: DeadLetter,
  actor: string,
): Promise<void> {
  const transaction = redis.multi();
  recordAudit(prefix)(transaction, {
    actor,
    action: "dlq.resurrect",
    target: entry.alert_id,
    old: { class: entry.class, reason: entry.reason, replays: entry.replays },
    at: new Date().toISOString(),
  });
  await transaction.exec();
}
