import type { Delivery } from "@mutt/alert";
import type { DeadLetter } from "@mutt/dead-letter";
import { originsOf } from "@mutt/trace-context";
import { deadLetterJobId, derivedJobId, type ReplayCounts, replaySuffix } from "./ids.ts";
import { type AlertJob, type IngestJob, priorityOf } from "./jobs.ts";
import type { DeadLetterQueueName } from "./names.ts";
import type { PipelineQueue } from "./queue.ts";

/** What travels with the alerts of a delivery besides themselves. */
export type DeliveryExtras = ReplayCounts & Pick<AlertJob, "failures" | "traces">;

/**
 * Adds chunks to the ingest queue.
 * Not a transaction: after an error some may be in. Adding the same chunks again adds nothing twice.
 */
export async function addChunks(
  queue: PipelineQueue<"ingest">,
  chunks: readonly IngestJob[],
): Promise<void> {
  await addJobs(
    queue,
    chunks.map((data) => ({
      name: "chunk",
      data,
      opts: { jobId: derivedJobId("c", data.events.map(idOf)) },
    })),
  );
}

/** Events that come back to the ingest queue after a delay in milliseconds. */
export interface EventRetry {
  data: IngestJob;
  delayMs: number;
}

/**
 * Puts events that failed back into the ingest queue; safe to repeat.
 * The number of failures is part of the id, so that each round is a job of its own.
 */
export async function addEventRetries(
  queue: PipelineQueue<"ingest">,
  retries: readonly EventRetry[],
): Promise<void> {
  await queue.addBulk(
    retries.map(({ data, delayMs }) => {
      const ids = data.events.map(idOf);
      const round = `${replaySuffix(data)}~a${data.failures?.length ?? 0}`;
      const jobId = derivedJobId("c", ids) + round;
      return {
        name: "retry",
        data: withOwnTraces(data, () => ids),
        opts: { jobId, delay: delayMs },
      };
    }),
  );
}

/**
 * Puts events that are put off back into the ingest queue, delayed; safe to repeat.
 * Both counts are part of the id: the job that puts its events off must not take them for itself, or they would go
 * with it.
 */
export async function addDeferredEvents(
  queue: PipelineQueue<"ingest">,
  { data, delayMs }: EventRetry,
): Promise<void> {
  const round = `${replaySuffix(data)}~d${data.defers ?? 0}.${data.lost_workers ?? 0}`;
  const ids = data.events.map(idOf);
  const jobId = derivedJobId("c", ids) + round;
  await queue.add(
    "deferred",
    withOwnTraces(data, () => ids),
    { jobId, delay: delayMs },
  );
}

/** Adds deliveries to the alert queue, each with the priority of its severity; safe to repeat. */
export async function addDeliveries(
  queue: PipelineQueue<"alert">,
  deliveries: readonly Delivery[],
  extras: DeliveryExtras = {},
): Promise<void> {
  await addJobs(
    queue,
    deliveries.map((delivery) => ({
      name: "delivery",
      data: withOwnTraces({ ...delivery, ...extras }, () => delivery.alerts.map(alertIdOf)),
      opts: {
        jobId: deliveryJobId(delivery, extras),
        priority: priorityOf(delivery.severity),
      },
    })),
  );
}

/**
 * Adds one job without a pipeline: ioredis copies every script that BullMQ knows into a new one, which costs more than all
 * else about a small job.
 */
async function addJobs<Name extends "ingest" | "alert">(
  queue: PipelineQueue<Name>,
  jobs: Parameters<PipelineQueue<Name>["addBulk"]>[0],
): Promise<void> {
  const [job] = jobs;
  if (job !== undefined && jobs.length === 1) await queue.add(job.name, job.data, job.opts);
  else await queue.addBulk(jobs);
}

/** Id of the job of a delivery. */
export function deliveryJobId(
  { alerts }: Pick<Delivery, "alerts">,
  counts: ReplayCounts = {},
): string {
  return derivedJobId("d", alerts.map(alertIdOf)) + replaySuffix(counts);
}

/** Adds dead letters, one job per alert; safe to repeat. */
export async function addDeadLetters<Name extends DeadLetterQueueName>(
  queue: PipelineQueue<Name>,
  entries: readonly DeadLetter[],
): Promise<void> {
  await (queue as PipelineQueue<DeadLetterQueueName>).addBulk(
    entries.map((data) => ({
      name: data.class,
      data,
      opts: { jobId: deadLetterJobId(data.alert_id, data) },
    })),
  );
}

/** A job made of a part of another one leaves the traces of the rest behind. */
function withOwnTraces<Data extends Pick<AlertJob, "traces">>(
  data: Data,
  alertIds: () => readonly string[],
): Data {
  return data.traces ? { ...data, traces: originsOf(data.traces, alertIds()) } : data;
}

function idOf(event: { id: string }): string {
  return event.id;
}

function alertIdOf(alert: { external_id: string }): string {
  return alert.external_id;
}
