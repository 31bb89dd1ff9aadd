import {
  createDeadLetter,
  type DeadLetter,
  type DeadLetterOrigin,
  giveUpOnLostJob,
} from "@mutt/dead-letter";
import { addDeadLetters } from "./add.ts";
import type { JobData } from "./jobs.ts";
import type { DeadLetterQueueName } from "./names.ts";
import type { PipelineQueue } from "./queue.ts";
import type { PipelineJob } from "./worker.ts";

/** Failed jobs looked at in one go; a range is a must, or Redis stands still on a long list. */
const PAGE = 50;

/** Who sweeps, for the history of the entries. */
interface Sweeper {
  worker: string;
  version: string;
  onProblem(jobId: string, error: unknown): void;
}

/**
 * Moves jobs that BullMQ itself failed (their worker was lost too often) into a dead letter queue, one entry
 * per event or alert. Adds first and removes after, so that a crash between the two repeats the move and loses
 * nothing. Returns how many events or alerts were moved; one page a call. A job that cannot be moved is told to
 * `onProblem` and left where it is; the others go on.
 */
export async function sweepFailedJobs<Name extends "ingest" | "alert">(
  source: PipelineQueue<Name>,
  target: PipelineQueue<DeadLetterQueueName>,
  sweeper: Sweeper,
): Promise<number> {
  const jobs = (await source.getJobs(["failed"], 0, PAGE - 1, true)) as (
    | PipelineJob<Name>
    | undefined
  )[];
  let moved = 0;
  for (const job of jobs) {
    // Another replica may have swept it between the listing and the reading.
    if (job === undefined) continue;
    try {
      const entries = deadLettersOf(job, sweeper);
      await addDeadLetters(target, entries);
      await job.remove();
      moved += entries.length;
    } catch (error) {
      sweeper.onProblem(job.id ?? "", error);
    }
  }
  return moved;
}

function deadLettersOf(
  job: PipelineJob<"ingest" | "alert">,
  { worker, version }: Pick<Sweeper, "worker" | "version">,
): DeadLetter[] {
  const giveUp = giveUpOnLostJob({
    failedReason: job.failedReason,
    finishedAt: job.finishedOn ?? Date.now(),
    failures: job.data.failures ?? [],
    replays: job.data.replays ?? 0,
    ...(job.data.free_replays ? { free_replays: job.data.free_replays } : {}),
    worker,
    version,
  });
  return originsOf(job.data).map((origin) => createDeadLetter(origin, giveUp));
}

function originsOf(data: JobData["ingest" | "alert"]): DeadLetterOrigin[] {
  return "events" in data
    ? data.events.map((payload) => ({ origin_queue: "ingest", payload }))
    : data.alerts.map((payload) => ({ origin_queue: "alert", payload }));
}
