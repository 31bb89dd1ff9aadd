import { type FailedAttempt, type GiveUp, nextAttempt } from "./dead-letter.ts";

/** BullMQ's words for a job whose worker was lost too often. */
const STALLED_OUT = /stalled more than allowable limit/;

/** What is known of a job that BullMQ itself failed. */
export interface LostJob {
  failedReason: string;
  /** Epoch milliseconds. */
  finishedAt: number;
  failures: readonly FailedAttempt[];
  replays: number;
  free_replays?: number;
  /** Who found it. */
  worker: string;
  version: string;
}

/** Says why a job that no worker gave up on is dead all the same: its workers were lost, or a defect. */
export function giveUpOnLostJob(job: LostJob): GiveUp {
  const error = job.failedReason || "failed for an unknown reason";
  const isLost = STALLED_OUT.test(error);
  const at = new Date(job.finishedAt).toISOString();
  const { worker, version, replays, failures } = job;
  const replay = replays + (job.free_replays ?? 0);
  return {
    class: isLost ? "worker_lost" : "unknown",
    reason: isLost ? "stalled" : "job_failed",
    error,
    replays,
    ...(job.free_replays ? { free_replays: job.free_replays } : {}),
    history: [
      ...failures,
      { at, attempt: nextAttempt(failures, replay), replay, worker, version, error },
    ],
    at,
  };
}
