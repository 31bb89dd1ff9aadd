import {
  backlog,
  closeQueue,
  closeWorker,
  createWorker,
  DEAD_LETTER_QUEUES,
  openQueue,
  type QueueConnection,
  readCounts,
} from "@mutt/queues";
import { UnrecoverableError } from "bullmq";
import { Gauge, type Registry } from "prom-client";

/** A crash while parking must not replace an entry's reason by "stalled": allow more of them than elsewhere. */
const MAX_STALLED = 5;

const CONCURRENCY = 8;

/** What parking needs. */
export interface ParkingDeps {
  queues: QueueConnection;
  /** A fail-fast way to the same queues. */
  readers: QueueConnection;
  registry: Registry;
  giveBack: AbortSignal;
}

/**
 * Starts parking dead letters: each new entry is failed with the error that made it a dead letter, so that
 * Bull Board lists it under Failed with its real reason. An entry is in `waiting` or `failed` at every instant.
 */
export function startParking({
  queues,
  readers,
  registry,
  giveBack,
}: ParkingDeps): AsyncDisposable {
  const workers = DEAD_LETTER_QUEUES.map((name) => {
    const worker = createWorker(
      name,
      queues,
      { concurrency: CONCURRENCY, maxStalledCount: MAX_STALLED, retryDelayMs: () => 0 },
      async (job) => {
        const error = new UnrecoverableError(job.data.error);
        error.stack = `${job.data.class} (${job.data.reason}): ${job.data.error}`;
        throw error;
      },
    );
    void worker.run();
    return worker;
  });
  // Whoever scrapes does not wait for Redis as long as the workers do.
  const boards = DEAD_LETTER_QUEUES.map((name) => openQueue(name, readers));
  const gauge = new Gauge({
    name: "mutt_remediation_dlq_depth",
    help: "Dead letters by queue, one per alert",
    labelNames: ["queue"],
    registers: [registry],
    async collect() {
      // While Redis is away the last depths stay: a scrape must not fail as a whole for them.
      await Promise.all(boards.map((queue) => show(queue).catch(() => {})));
    },
  });
  const show = async (queue: (typeof boards)[number]): Promise<void> => {
    const counts = await readCounts(queue);
    gauge.set({ queue: queue.name }, backlog(counts) + counts.active + counts.failed);
  };
  for (const queue of DEAD_LETTER_QUEUES) gauge.set({ queue }, 0);
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => closeWorker(worker, giveBack)));
      await Promise.all(boards.map(closeQueue));
    },
  };
}
