import { createCircuitBreaker } from "@mutt/circuit-breaker";
import { createStoryWriter } from "@mutt/pipeline-state";
import {
  closeQueue,
  closeWorker,
  createWorker,
  DEAD_LETTER_QUEUES,
  type DeadLetterQueueName,
  type LedgerWriter,
  openQueue,
  type PipelineQueue,
  type QueueConnection,
  readCounts,
} from "@mutt/queues";
import { readQuarantined } from "@mutt/redrive";
import type { Pace, ReplaySettings } from "@mutt/replay";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";
import { type DlqWorkerDeps, workOnDeadLetter } from "./dlq-worker.ts";
import { startGateWatch } from "./gate-watch.ts";
import { createLeader } from "./leader.ts";
import type { RemediationMetrics } from "./metrics.ts";
import { readPace } from "./pace.ts";
import { startRedriveRunner } from "./redrive-runner.ts";
import { type ReplayLoop, startReplayLoop } from "./replay-loop.ts";
import { startRetention } from "./retention.ts";

/** The run-time settings that remediation follows. */
interface RemediationSettings extends ReplaySettings {
  isEnabled: boolean;
  batchSize: number;
  pauseMs: number;
  retentionDays: number;
}

/** What remediation is built from. */
export interface RemediationDeps {
  queues: QueueConnection;
  redis: Redis;
  settings(): RemediationSettings;
  metrics: RemediationMetrics;
  ledger: Pick<LedgerWriter, "count">;
  /** Events whose story is kept. */
  storiesKept(): number;
  logger: Logger;
  /** Fires when what is in hand has to go back. */
  giveBack: AbortSignal;
  worker: string;
  version: string;
}

/** A running remediation. */
export interface Remediation extends AsyncDisposable {
  isRunning(): boolean;
  problem: ReplayLoop["problem"];
}

/** A crash while parking must not replace an entry's reason by "stalled": allow more of them than elsewhere. */
const MAX_STALLED = 5;

const CONCURRENCY = 8;

/** How often the entries that wait for their turn are counted, and the pace of the leader is read. */
const COUNT_MS = 1000;

/** Starts parking, automatic replay and retention. */
export function startRemediation(deps: RemediationDeps): Remediation {
  const { queues, redis, metrics, ledger, logger } = deps;
  const { prefix } = queues;
  const alert = openQueue("alert", queues);
  const ingest = openQueue("ingest", queues);
  const opened = DEAD_LETTER_QUEUES.map((name) => openQueue(name, queues)) as [
    PipelineQueue<"dlq-alerter">,
    PipelineQueue<"dlq-forwarder">,
    PipelineQueue<"dlq-dead">,
  ];
  const [fromAlerter, fromForwarder, dead] = opened;
  const all = opened as unknown as PipelineQueue<DeadLetterQueueName>[];
  const breaker = createCircuitBreaker(redis, { prefix, destination: "moog" });
  const isEnabled = () => deps.settings().isEnabled;
  const gates = startGateWatch({ redis, prefix, alert, breaker, isEnabled, logger });
  const leader = createLeader(redis, { prefix, task: "replay", name: deps.worker });
  const watch = watchTurns(redis, prefix, all);
  const stories = createStoryWriter(redis, prefix, deps.storiesKept);
  const workerDeps: DlqWorkerDeps = {
    redis,
    prefix,
    origins: { ingest, alert },
    dead,
    gates,
    delayed: watch.delayed,
    stories,
    limits() {
      const { intervalMs, batchSize, pauseMs } = deps.settings();
      return { intervalMs, pauseMs, allowed: Math.min(batchSize, watch.pace() ?? batchSize) };
    },
    maxPoisonRetries: () => deps.settings().maxPoisonRetries,
    metrics,
    logger,
  };
  const workers = DEAD_LETTER_QUEUES.map((name) =>
    createWorker(
      name,
      queues,
      { concurrency: CONCURRENCY, maxStalledCount: MAX_STALLED, retryDelayMs: () => 0 },
      (job, token) => workOnDeadLetter(workerDeps, job, token),
    ),
  );
  void gates.ready.then(() => {
    for (const worker of workers) if (!worker.closing) void worker.run();
  });
  const loop = startReplayLoop({
    ...deps,
    prefix,
    queues: [fromAlerter, fromForwarder] as unknown as PipelineQueue<DeadLetterQueueName>[],
    leader,
    gates,
    readQuarantined: async () => new Set((await readQuarantined({ redis, prefix })).keys()),
    delayed: () => DEAD_LETTER_QUEUES.reduce((sum, name) => sum + watch.delayed(name), 0),
    onPace: metrics.pace,
  });
  const redrives = startRedriveRunner({
    redis,
    prefix,
    name: deps.worker,
    queues: all,
    gates,
    maxPoisonRetries: workerDeps.maxPoisonRetries,
    metrics,
    logger,
  });
  const days = () => deps.settings().retentionDays;
  const kept = { days, ledger, stories };
  const retention = startRetention({
    ...kept,
    redis,
    prefix,
    queues: all,
    leader,
    metrics,
    logger,
  });
  return {
    isRunning: () => workers.every((worker) => worker.isRunning()),
    problem: loop.problem,
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [loop, redrives, retention, watch, stories].map((part) => part[Symbol.asyncDispose]()),
      );
      await Promise.all(workers.map((worker) => closeWorker(worker, deps.giveBack)));
      await Promise.all([gates, leader].map((part) => part[Symbol.asyncDispose]()));
      await Promise.all([ingest, alert, ...opened].map(closeQueue));
    },
  };
}

/** Keeps at hand what every entry asks for: how many wait, and the pace. */
function watchTurns(
  redis: Redis,
  prefix: string,
  queues: readonly PipelineQueue<DeadLetterQueueName>[],
) {
  const delayed = new Map<string, number>();
  let pace: Pace | undefined;
  const look = async (): Promise<void> => {
    pace = await readPace({ redis, prefix });
    for (const queue of queues) delayed.set(queue.name, (await readCounts(queue)).delayed);
  };
  const timer = setInterval(() => void look().catch(() => {}), COUNT_MS);
  void look().catch(() => {});
  return {
    delayed: (name: DeadLetterQueueName) => delayed.get(name) ?? 0,
    pace: () => pace?.allowed,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
    },
  };
}
