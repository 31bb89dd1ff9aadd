import type { OverloadSettings } from "@mutt/backpressure";
import { countReplayOutcomes, createStoryWriter } from "@mutt/pipeline-state";
import {
  addDeadLetters,
  addDeferredEvents,
  addDeliveries,
  addEventRetries,
  closeQueue,
  closeWorker,
  createWorker,
  type LedgerWriter,
  openQueue,
  type PipelineJob,
  type QueueConnection,
  sweepFailedJobs,
} from "@mutt/queues";
import type { Logger } from "@mutt/service";
import type { Tracing } from "@mutt/tracing";
import { WaitingError } from "bullmq";
import type { Redis } from "ioredis";
import { startIngestDepthMonitor } from "./ingest-depth-monitor.ts";
import type { AlerterMetrics } from "./metrics.ts";
import { startOverloadControl } from "./overload-control.ts";
import { type ChunkDeps, type ChunkSettings, processChunk } from "./process-chunk.ts";
import { startReleases } from "./releases.ts";
import type { RuleCache } from "./rule-cache.ts";
import { startShedDigests } from "./shed-digest.ts";
import { createUntilStored, GiveBack } from "./stored.ts";
import { traceChunk } from "./trace-chunk.ts";
import { countUnhandled } from "./unhandled.ts";

/** What the alerter is built from. */
export interface AlerterDeps {
  queues: QueueConnection;
  redis: Redis;
  rules: RuleCache;
  settings(): ChunkSettings;
  overloadSettings(): OverloadSettings;
  metrics: AlerterMetrics;
  ledger: Pick<LedgerWriter, "count">;
  /** Events whose story is kept. */
  storiesKept(): number;
  tracing: Tracing | undefined;
  logger: Logger;
  /** Fires when what is in hand has to go back. */
  giveBack: AbortSignal;
  worker: string;
  version: string;
}

/** A running alerter. */
export interface Alerter extends AsyncDisposable {
  isRunning(): boolean;
}

/** Chunks worked on at the same time: enough to keep Redis busy while a chunk waits for an answer. */
const CONCURRENCY = 16;

/** How often jobs that BullMQ failed are looked for; no event announces them reliably. */
const SWEEP_MS = 5000;

/** Starts the alerter: it takes chunks once the rules were loaded. */
export function startAlerter(deps: AlerterDeps): Alerter {
  const { queues, redis, logger } = deps;
  const ingest = openQueue("ingest", queues);
  const alert = openQueue("alert", queues);
  const deadLetters = openQueue("dlq-alerter", queues);
  const overload = startOverloadControl({
    ...deps,
    prefix: queues.prefix,
    alert,
    settings: deps.overloadSettings,
    metrics: deps.metrics.overload,
  });
  const digests = startShedDigests({
    redis,
    prefix: queues.prefix,
    team: () => deps.settings().defaultTeam,
    async addDeliveries(deliveries) {
      await addDeliveries(alert, deliveries);
      deps.ledger.count("generated", deliveries.length);
    },
    logger,
  });
  const stories = createStoryWriter(redis, queues.prefix, deps.storiesKept);
  const released = startReleases(redis, queues.prefix);
  const chunkDeps: ChunkDeps = {
    ...deps,
    overload,
    digests,
    stories,
    identity: { worker: deps.worker, version: deps.version },
    book() {
      const book = deps.rules.current();
      if (book === undefined) throw new Error("no rules are loaded yet");
      return book;
    },
    countUnhandled: (groups, limits) =>
      countUnhandled({ redis, prefix: queues.prefix }, groups, limits),
    addDeliveries: (deliveries, extras) => addDeliveries(alert, deliveries, extras),
    addRetries: (retries) => addEventRetries(ingest, retries),
    addDeferred: (deferred) => addDeferredEvents(ingest, deferred),
    addDeadLetters: (entries) => addDeadLetters(deadLetters, entries),
    countReplays: (outcome, ids) =>
      void countReplayOutcomes(redis, queues.prefix, outcome, ids).catch(() => {}),
    release: released.add,
    untilStored: createUntilStored(deps.giveBack, logger),
  };
  const { tracing } = deps;
  const process = (job: PipelineJob<"ingest">): Promise<void> =>
    tracing ? traceChunk(tracing, chunkDeps, job) : processChunk(chunkDeps, job);
  const worker = createWorker(
    "ingest",
    queues,
    { concurrency: CONCURRENCY, retryDelayMs: (job) => 1000 * 2 ** job.attemptsMade },
    (job, token) => giveBackOnStop(job, token, process(job)),
  );
  worker.on("failed", (job, error) => {
    logger.error("a chunk failed as a whole", { job_id: job?.id, error });
  });
  void deps.rules.loaded.then(() => {
    if (!worker.closing) void worker.run();
  });

  const onProblem = (jobId: string, error: unknown) =>
    logger.error("a failed chunk cannot be moved to dlq-alerter", { job_id: jobId, error });
  const countSwept = (events: number) => {
    if (events === 0) return;
    deps.metrics.outcome("dead", events);
    chunkDeps.release(events);
    logger.warn("events of lost chunks moved to dlq-alerter", { events });
  };
  const monitor = startIngestDepthMonitor({ ...deps, prefix: queues.prefix, ingest });
  const sweep = setInterval(() => {
    sweepFailedJobs(ingest, deadLetters, { ...deps, onProblem }).then(countSwept, () => undefined);
  }, SWEEP_MS);

  return {
    isRunning: () => worker.isRunning(),
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
      await closeWorker(worker, deps.giveBack);
      await Promise.all(
        [monitor, overload, digests, stories, released].map((part) => part[Symbol.asyncDispose]()),
      );
      await Promise.all([ingest, alert, deadLetters].map(closeQueue));
    },
  };
}

/** A chunk that cannot be finished in time goes back to its queue without having spent an attempt. */
async function giveBackOnStop(
  job: PipelineJob<"ingest">,
  token: string,
  work: Promise<void>,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof GiveBack)) throw error;
    // With Redis away this hangs, and the job comes back through the check for stalled jobs.
    await job.moveToWait(token);
    throw new WaitingError();
  }
}
