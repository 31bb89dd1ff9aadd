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
}

/**
 * Moves jobs that BullMQ itself failed (their worker was lost too often) into a dead letter queue, one entry
 * per event or alert. Adds first and removes after, so that a crash between the two repeats the move and loses
 * nothing. Returns how many jobs were moved; one page a call.
 */
export async function sweepFailedJobs<Name extends "ingest" | "alert">(
  source: PipelineQueue<Name>,
  target: PipelineQueue<DeadLetterQueueName>,
  sweeper: Sweeper,
): Promise<number> {
  const jobs = (await source.getJobs(["failed"], 0, PAGE - 1, true)) as PipelineJob<Name>[];
  for (const job of jobs) {
    await addDeadLetters(target, deadLettersOf(job, sweeper));
    await job.remove();
  }
  return jobs.length;
}

function deadLettersOf(
  job: PipelineJob<"ingest" | "alert">,
  { worker, version }: Sweeper,
): DeadLetter[] {
  const giveUp = giveUpOnLostJob({
    failedReason: job.failedReason,
    finishedAt: job.finishedOn ?? Date.now(),
    failures: job.data.failures ?? [],
    replays: job.data.replays ?? 0,
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
