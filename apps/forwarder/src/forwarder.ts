import { createCircuitBreaker } from "@mutt/circuit-breaker";
import { countReplayOutcomes, createStoryWriter } from "@mutt/pipeline-state";
import {
  addDeadLetters,
  addDeliveries,
  closeQueue,
  closeWorker,
  createWorker,
  openQueue,
  type PipelineJob,
  type PipelineQueue,
  type QueueConnection,
  sweepFailedJobs,
} from "@mutt/queues";
import type { Logger } from "@mutt/service";
import type { Tracing } from "@mutt/tracing";
import { RateLimitError, WaitingError } from "bullmq";
import type { Redis } from "ioredis";
import { type DeliverDeps, type DeliverySettings, type DeliveryStep, deliver } from "./deliver.ts";
import { startDrainCounter } from "./drain-counter.ts";
import { type BreakerSettings, createGate } from "./gate.ts";
import type { ForwarderMetrics } from "./metrics.ts";
import { startRateLimiter } from "./rate-limiter.ts";
import type { Sender } from "./sender.ts";
import { traceDelivery } from "./trace-delivery.ts";

/** The run-time settings that the forwarder follows. */
export interface ForwarderSettings {
  delivery: DeliverySettings;
  breaker: BreakerSettings;
  rate: { limit: number; periodSeconds: number };
}

/** What the forwarder is built from. */
export interface ForwarderDeps {
  queues: QueueConnection;
  redis: Redis;
  sender: Sender;
  settings(): ForwarderSettings;
  metrics: ForwarderMetrics;
  /** Events whose story is kept. */
  storiesKept(): number;
  tracing: Tracing | undefined;
  /** Where the sender sends; for the spans. */
  webhookUrl: URL;
  logger: Logger;
  /** Fires when what is in hand has to go back. */
  giveBack: AbortSignal;
  /** Longest time of one request, in milliseconds. */
  requestTimeoutMs: number;
  worker: string;
  version: string;
}

/** A running forwarder. */
export interface Forwarder extends AsyncDisposable {
  isRunning(): boolean;
  /** Brings a changed rate limit into force, for all replicas. */
  applyRateLimit(): void;
}

/** Requests under way at most, and connections kept open. */
export const FORWARDER_CONCURRENCY = 32;

/** How often jobs that BullMQ failed are looked for. */
const SWEEP_MS = 5000;

/** Starts the forwarder; deliveries begin at once. */
export function startForwarder(deps: ForwarderDeps): Forwarder {
  const { queues, logger } = deps;
  const alert = openQueue("alert", queues);
  const deadLetters = openQueue("dlq-forwarder", queues);
  const gate = createGate({
    breaker: createCircuitBreaker(deps.redis, { prefix: queues.prefix, destination: "moog" }),
    settings: () => deps.settings().breaker,
    // Time for the request and for its result to be recorded.
    probeTimeoutMs: deps.requestTimeoutMs + 5000,
    metrics: deps.metrics,
    logger,
    onClosed: () => void alert.removeRateLimitKey().catch(() => {}),
  });
  const stories = createStoryWriter(deps.redis, queues.prefix, deps.storiesKept);
  const deliverDeps: DeliverDeps = {
    ...deps,
    gate,
    stories,
    settings: () => deps.settings().delivery,
    addDeliveries: (deliveries, extras) => addDeliveries(alert, deliveries, extras),
    addDeadLetters: (entries) => addDeadLetters(deadLetters, entries),
    countReplays: (outcome, ids) =>
      void countReplayOutcomes(deps.redis, queues.prefix, outcome, ids).catch(() => {}),
  };
  const drained = startDrainCounter(deps.redis, queues.prefix);
  const { tracing, webhookUrl } = deps;
  const attempt = (job: PipelineJob<"alert">, gateToken: string): Promise<DeliveryStep> =>
    tracing
      ? traceDelivery({ tracing, webhookUrl }, deliverDeps, job, gateToken)
      : deliver(deliverDeps, job.data, gateToken);
  const worker = createWorker(
    "alert",
    queues,
    {
      concurrency: FORWARDER_CONCURRENCY,
      idleWaitSeconds: 1,
      retryDelayMs: (_job, error) => delayOf(error),
    },
    async (job, token) => {
      await act(alert, job, token, await attempt(job, token + job.id));
      drained.left();
    },
  );
  const limiter = startRateLimiter(alert, () => deps.settings().rate, logger);
  void limiter.applied.then(() => {
    if (!worker.closing) void worker.run();
  });
  const onProblem = (jobId: string, error: unknown) =>
    logger.error("a failed delivery cannot be moved to dlq-forwarder", { job_id: jobId, error });
  const countSwept = (alerts: number) => {
    if (alerts === 0) return;
    // Replays of lost deliveries are rare enough to be counted with the fresh ones.
    deps.metrics.alerts("dead", "fresh", alerts);
    logger.warn("alerts of lost deliveries moved to dlq-forwarder", { alerts });
  };
  const sweep = setInterval(() => {
    limiter.apply();
    gate.refresh();
    sweepFailedJobs(alert, deadLetters, { ...deps, onProblem }).then(countSwept, () => undefined);
  }, SWEEP_MS);

  return {
    isRunning: () => worker.isRunning(),
    applyRateLimit: limiter.apply,
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
      await closeWorker(worker, deps.giveBack);
      await Promise.all([drained, stories].map((part) => part[Symbol.asyncDispose]()));
      await Promise.all([alert, deadLetters].map(closeQueue));
    },
  };
}

/** An attempt that failed; carries the pause before the next one to BullMQ's backoff. */
class AttemptFailed extends Error {
  override readonly name = "AttemptFailed";
  readonly delayMs: number;

  constructor(message: string, delayMs: number) {
    super(message);
    this.delayMs = delayMs;
  }
}

function delayOf(error: Error): number {
  return error instanceof AttemptFailed ? error.delayMs : 1000;
}

/** Turns what is to become of a delivery into what BullMQ understands. */
async function act(
  queue: PipelineQueue<"alert">,
  job: PipelineJob<"alert">,
  token: string,
  step: DeliveryStep,
): Promise<void> {
  switch (step.kind) {
    case "done":
      return;
    case "wait":
      await holdBack(queue, job, step);
      throw new RateLimitError();
    case "retry":
      await job.updateData(step.data);
      throw new AttemptFailed(step.error, step.delayMs);
    case "give_back":
      await job.moveToWait(token);
      throw new WaitingError();
    default: {
      const unreachable: never = step;
      return unreachable;
    }
  }
}

/**
 * Stops all starts of the queue for a while. The window of the rate limit that is under way is not cut short by it,
 * and trouble with Redis here must not turn a wait into an attempt.
 */
async function holdBack(
  queue: PipelineQueue<"alert">,
  job: PipelineJob<"alert">,
  { waitMs, data }: Extract<DeliveryStep, { kind: "wait" }>,
): Promise<void> {
  try {
    if (data) await job.updateData(data);
    const windowMs = await queue.getRateLimitTtl();
    await queue.rateLimit(Math.max(1, waitMs, windowMs));
  } catch {
    // The gate is asked again at the next start; its answer holds without this.
  }
}
