import {
  clipError,
  createDeadLetter,
  type DeadLetter,
  type FailedAttempt,
  type GiveUp,
  nextAttempt,
} from "@mutt/dead-letter";
import type { IngestedEvent } from "@mutt/event";
import { carriedReplays, type EventRetry, type IngestJob } from "@mutt/queues";

/** Who works here, for the histories. */
export interface WorkerIdentity {
  /** Host name and process id. */
  worker: string;
  version: string;
}

/** What becomes of events that failed. */
export interface SortedFailures {
  retries: EventRetry[];
  dead: DeadLetter[];
}

/** Decides for each failed event: once more, after a pause, or a dead letter of its own. */
export function sortFailures(
  job: IngestJob,
  failed: readonly { event: IngestedEvent; error: Error }[],
  { maxRetries, identity }: { maxRetries: number; identity: WorkerIdentity },
): SortedFailures {
  const retries: EventRetry[] = [];
  const dead: DeadLetter[] = [];
  for (const { event, error } of failed) {
    const failure = failureOf(job, error.message, identity);
    const failures = [...(job.failures ?? []), failure];
    if (failure.attempt <= maxRetries) {
      const data: IngestJob = { ...job, events: [event], failures };
      retries.push({ data, delayMs: retryDelayMs(failure.attempt) });
    } else {
      const why = { class: "unknown", reason: "retries_exhausted", error: error.message } as const;
      dead.push(buryEvent(job, event, { ...why, history: failures, at: failure.at }));
    }
  }
  return { retries, dead };
}

/**
 * Whether these events have failed more often than is allowed, as they may after the limit was lowered; such events
 * must not go round with what is put off.
 */
export function isPoison(job: IngestJob, maxRetries: number): boolean {
  return nextAttempt(job.failures ?? [], roundOf(job)) - 1 > maxRetries;
}

/** Makes the dead letter of one event of a job. */
export function buryEvent(
  job: IngestJob,
  payload: IngestedEvent,
  why: Pick<GiveUp, "class" | "reason" | "error" | "history" | "at">,
): DeadLetter {
  const giveUp: GiveUp = { ...why, replays: 0, ...carriedReplays(job) };
  return createDeadLetter({ origin_queue: "ingest", payload }, giveUp);
}

/** Describes a failure that happens now. */
export function failureOf(job: IngestJob, error: string, identity: WorkerIdentity): FailedAttempt {
  return {
    at: new Date().toISOString(),
    attempt: nextAttempt(job.failures ?? [], roundOf(job)),
    replay: roundOf(job),
    ...identity,
    error: clipError(error),
    ...(job.replay_by ? { actor: job.replay_by } : {}),
  };
}

/** How often the events of a job were replayed, whatever it spent. */
export function roundOf(job: IngestJob): number {
  return (job.replays ?? 0) + (job.free_replays ?? 0);
}

/** One second, doubling to half a minute, with the upper half left to chance so that retries spread. */
export function retryDelayMs(failures: number, random: () => number = Math.random): number {
  return Math.min(1000 * 2 ** (failures - 1), 30_000) * (0.5 + random() / 2);
}
