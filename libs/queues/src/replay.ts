import type { DeadLetter } from "@mutt/dead-letter";
import { deliveryJobId } from "./add.ts";
import { derivedJobId, type ReplayCounts, replaySuffix } from "./ids.ts";
import { type AlertJob, type IngestJob, priorityOf } from "./jobs.ts";
import type { DeadLetterQueueName } from "./names.ts";
import type { PipelineQueue } from "./queue.ts";

/** The queues that a replay goes back to. */
export interface OriginQueues {
  ingest: PipelineQueue<"ingest">;
  alert: PipelineQueue<"alert">;
}

/**
 * How long the id of a replay is remembered after its job has gone, in milliseconds: longer than a crash between adding
 * and acknowledging takes to be noticed, so that the repeat adds nothing. About 200 bytes each.
 */
const REMEMBERED_MS = 15 * 60_000;

/** Puts a dead letter back where it came from, with its own priority; safe to repeat for the same counts. */
export async function addReplay(
  queues: OriginQueues,
  entry: DeadLetter,
  { counts, by }: { counts: ReplayCounts; by: string },
): Promise<void> {
  const kept = {
    ...counts,
    replay_by: by,
    failures: entry.history,
    ...(entry.trace ? { traces: [entry.trace] } : {}),
  };
  const jobId = replayJobId(entry, counts);
  if (entry.origin_queue === "ingest") {
    const data: IngestJob = { events: [entry.payload], ...kept };
    await queues.ingest.add("replay", data, { jobId, ...onceFor(jobId) });
    return;
  }
  const { severity } = entry.payload.custom_info.event;
  const data: AlertJob = { severity, alerts: [entry.payload], ...kept };
  const priority = priorityOf(severity);
  await queues.alert.add("replay", data, { jobId, priority, ...onceFor(jobId) });
}

/** Id of the job that a dead letter is replayed as. */
export function replayJobId(entry: DeadLetter, counts: ReplayCounts): string {
  return entry.origin_queue === "ingest"
    ? derivedJobId("c", [entry.payload.id]) + replaySuffix(counts)
    : deliveryJobId({ alerts: [entry.payload] }, counts);
}

function onceFor(jobId: string) {
  return { deduplication: { id: jobId, ttl: REMEMBERED_MS } };
}

/**
 * Asks for the replay of a parked entry, as Bull Board's Retry does: its worker takes it up and decides. Returns false
 * when it is not parked any more.
 */
export async function retryParked<Name extends DeadLetterQueueName>(
  queue: PipelineQueue<Name>,
  id: string,
): Promise<boolean> {
  const job = await queue.getJob(id);
  if (job === undefined) return false;
  try {
    await job.retry("failed");
    return true;
  } catch (error) {
    // -1: gone, -3: in another state. Somebody else was faster, which is all the same.
    const { code } = error as { code?: number };
    if (code === -1 || code === -3) return false;
    throw error;
  }
}
