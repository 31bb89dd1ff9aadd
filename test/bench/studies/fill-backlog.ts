import { randomUUID } from "node:crypto";
import { buildAlert, type Delivery, type OutgoingAlert } from "@mutt/alert";
import { type IngestedEvent, normaliseEvent, type Severity } from "@mutt/event";
import {
  addChunks,
  addDeliveries,
  type IngestJob,
  MAX_CHUNK_EVENTS,
  type PipelineQueue,
} from "@mutt/queues";
import { RuleSchema } from "@mutt/rules";
import { createPayloads } from "../load/payload.ts";
import { createRules } from "../systems/rules.ts";

/** The queues that can hold a backlog. */
export interface BacklogQueues {
  ingest: PipelineQueue<"ingest">;
  alert: PipelineQueue<"alert">;
}

/** Alerts of one delivery: the default of `moog_batch_max`. */
export const DELIVERY_ALERTS = 50;

/** Chunks that are made and sent to Redis at once: some megabytes, as alerts. */
const BATCH_CHUNKS = 20;

/** Chunks take turns, so that every priority has a backlog. */
const SEVERITIES: readonly Severity[] = [4, 3, 5, 2];

/**
 * Puts events into both queues as if that many had been taken and not yet matched, and that many matched and not yet
 * delivered. They come in chunks of 100 events of one severity, so that all deliveries are of the same size: one of few
 * alerts costs more for each. They are of run 0, which no measurement counts.
 */
export async function fillBacklog(queues: BacklogQueues, events: number): Promise<void> {
  const templates = createTemplates();
  const chunks = Math.ceil(events / MAX_CHUNK_EVENTS);
  let underWay: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < chunks; first += BATCH_CHUNKS) {
    const indices = Array.from(
      { length: Math.min(BATCH_CHUNKS, chunks - first) },
      (_, index) => first + index,
    );
    const ingest = indices.map((index) => createChunk(templates, index));
    const alert = indices.flatMap((index) => createDeliveries(templates, index));
    // One batch is made while Redis works on the one before: never more than two in memory.
    await underWay;
    underWay = Promise.all([addChunks(queues.ingest, ingest), addDeliveries(queues.alert, alert)]);
    underWay.catch(() => {});
  }
  await underWay;
}

/** An event of the load as the ingestor stores it, and as the alerter passes it on. */
interface Template {
  event: IngestedEvent;
  alert: OutgoingAlert;
}

function createTemplates(): Template[] {
  const timestamp = new Date().toISOString();
  const write = createPayloads({ shape: "event", run: 0, forwardEvery: 1, timestamp });
  const rule = RuleSchema.parse(createRules()[0]);
  return Array.from({ length: MAX_CHUNK_EVENTS }, (_, index) => {
    const context = { id: randomUUID(), correlationId: randomUUID(), receivedAtMs: Date.now() };
    const normalised = normaliseEvent(JSON.parse(write(index, "single")), context);
    if (!normalised.ok) throw new Error(`event ${index} of the load is none: check its payload`);
    return { event: normalised.event, alert: buildAlert(normalised.event, rule, "prod") };
  });
}

function createChunk(templates: readonly Template[], index: number): IngestJob {
  const own = { severity: severityOf(index), received_at: new Date().toISOString() };
  return { events: templates.map(({ event }) => ({ ...event, ...own, id: randomUUID() })) };
}

function createDeliveries(templates: readonly Template[], index: number): Delivery[] {
  const severity = severityOf(index);
  const alerts = templates.map(({ alert }) => {
    const id = randomUUID();
    const event = { ...alert.custom_info.event, id, severity };
    return { ...alert, external_id: id, custom_info: { ...alert.custom_info, event } };
  });
  const half = [alerts.slice(0, DELIVERY_ALERTS), alerts.slice(DELIVERY_ALERTS)];
  return half.map((own) => ({ severity, alerts: own }));
}

function severityOf(chunk: number): Severity {
  return SEVERITIES[chunk % SEVERITIES.length] ?? 4;
}
