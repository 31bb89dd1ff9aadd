import type { QueueRedis } from "@mutt/redis";
import { type JobsOptions, Queue } from "bullmq";
import { ALERT_JOB_ATTEMPTS, type JobData } from "./jobs.ts";
import type { QueueName } from "./names.ts";

/** How to reach the queues: connection options, key prefix, and who hears of connection errors. */
export interface QueueConnection {
  connection: QueueRedis;
  prefix: string;
  onError(error: Error): void;
}

/** Length of BullMQ's event streams: nobody reads them here, and each entry costs memory. */
const EVENT_STREAM_LENGTH = 1000;

/** Retry with a backoff that the queue's worker computes. */
const WORKER_BACKOFF = { type: "capped" };

const JOB_OPTIONS: Record<QueueName, JobsOptions> = {
  // A chunk fails as a whole only by a defect; its events have retries of their own.
  ingest: { attempts: 3, backoff: WORKER_BACKOFF },
  alert: { attempts: ALERT_JOB_ATTEMPTS, backoff: WORKER_BACKOFF },
  "dlq-alerter": { attempts: 1 },
  "dlq-forwarder": { attempts: 1 },
  "dlq-dead": { attempts: 1 },
};

/** A queue of the pipeline, typed by what its jobs carry. */
export type PipelineQueue<Name extends QueueName> = Queue<
  JobData[Name],
  void,
  string,
  JobData[Name],
  void,
  string
>;

/**
 * Opens a queue. Finished jobs are removed, failed ones stay until somebody takes them.
 * The options let a producer fail fast when Redis was already away at the start, and recover by itself.
 */
export function openQueue<Name extends QueueName>(
  name: Name,
  { connection, prefix, onError }: QueueConnection,
): PipelineQueue<Name> {
  const queue: PipelineQueue<Name> = new Queue(name, {
    connection,
    prefix,
    skipWaitingForReady: true,
    skipVersionCheck: true,
    streams: { events: { maxLen: EVENT_STREAM_LENGTH } },
    defaultJobOptions: {
      removeOnComplete: true,
      removeOnFail: false,
      stackTraceLimit: 3,
      keepLogs: 20,
      ...JOB_OPTIONS[name],
    },
  });
  queue.on("error", onError);
  return queue;
}
