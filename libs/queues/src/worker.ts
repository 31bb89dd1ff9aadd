import { type Job, Worker, type WorkerOptions } from "bullmq";
import type { JobData } from "./jobs.ts";
import type { QueueName } from "./names.ts";
import type { QueueConnection } from "./queue.ts";

/** A job of one of the pipeline's queues. */
export type PipelineJob<Name extends QueueName> = Job<JobData[Name], void, string>;

/** Works on one job; `token` is what BullMQ wants back with every move of the job. */
export type Processor<Name extends QueueName> = (
  job: PipelineJob<Name>,
  token: string,
) => Promise<void>;

/** How a queue's worker differs from the others. */
export interface WorkerTuning<Name extends QueueName> {
  concurrency: number;
  /** How often a job may lose its worker before BullMQ fails it. */
  maxStalledCount?: number;
  /**
   * Longest blocking wait for a job, in seconds. A job with a priority that goes back to its queue wakes nobody
   * (BullMQ 6.7 sets no marker then), so this bounds how long it may lie there.
   */
  idleWaitSeconds?: number;
  /** Milliseconds until the next attempt of a job that threw; at least 0. */
  retryDelayMs(job: PipelineJob<Name>, error: Error): number;
}

/** A running worker. */
export type PipelineWorker<Name extends QueueName> = Worker<JobData[Name], void, string>;

/**
 * A lock of 8 s, checked every 4 s, brings a killed worker's jobs back within about 13 s (the defaults: 41 s).
 * The interval has to be the same for all workers of a queue.
 */
const RECOVERY: Pick<WorkerOptions, "lockDuration" | "stalledInterval" | "maxStalledCount"> = {
  lockDuration: 8000,
  stalledInterval: 4000,
  maxStalledCount: 3,
};

/** Creates a worker that is not taking jobs yet: call `run()` when the app is ready to. */
export function createWorker<Name extends QueueName>(
  name: Name,
  { connection, prefix, onError }: QueueConnection,
  tuning: WorkerTuning<Name>,
  processor: Processor<Name>,
): PipelineWorker<Name> {
  const worker: PipelineWorker<Name> = new Worker(
    name,
    (job: PipelineJob<Name>, token?: string) => processor(job, token ?? ""),
    {
      connection,
      prefix,
      autorun: false,
      concurrency: tuning.concurrency,
      ...RECOVERY,
      ...(tuning.maxStalledCount === undefined ? {} : { maxStalledCount: tuning.maxStalledCount }),
      ...(tuning.idleWaitSeconds === undefined ? {} : { drainDelay: tuning.idleWaitSeconds }),
      // How long an acknowledgement waits to be tried again after a Redis error; the lock is 8 s.
      runRetryDelay: 1000,
      // Workers sleep on their own clock while limited; a loosened limit is seen within this time.
      maximumRateLimitDelay: 500,
      settings: {
        backoffStrategy: (_attemptsMade, _type, error, job) =>
          tuning.retryDelayMs(job as PipelineJob<Name>, error ?? new Error("unknown")),
      },
    },
  );
  worker.on("error", onError);
  worker.on("error", pauseWhileRefused(worker));
  return worker;
}

/** Errors of a Redis that is there and takes no writes: full, read-only, loading or unable to persist. */
const REFUSED = /^(OOM|MISCONF|READONLY|LOADING)\b/;

const REFUSED_PAUSE_MS = 1000;

/** BullMQ fetches again at once after such an error, thousands of times a second: let Redis breathe. */
function pauseWhileRefused(worker: Pausable): (error: Error) => void {
  let isPaused = false;
  return (error) => {
    if (isPaused || !REFUSED.test(error.message)) return;
    isPaused = true;
    void worker.pause(true).catch(() => {});
    setTimeout(() => {
      isPaused = false;
      if (!worker.closing) void Promise.resolve(worker.resume()).catch(() => {});
    }, REFUSED_PAUSE_MS).unref();
  };
}

/** The part of BullMQ's Worker that is used here. */
interface Pausable {
  closing: unknown;
  pause(doNotWaitActive: boolean): Promise<void>;
  resume(): unknown;
}
