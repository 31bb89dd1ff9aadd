import type { DeadLetter, DeadLetterClass } from "@mutt/dead-letter";
import type { IngestedEvent, Severity } from "@mutt/event";
import { type DeadLetterQueueName, openQueue } from "@mutt/queues";
import { patientOptions, redisSettings } from "@mutt/redis";
import type { Pipeline } from "@mutt/testkit";

/** What a test wants of a dead letter; the rest is filled in. */
export interface DeadLetterDraft {
  id: string;
  class?: DeadLetterClass;
  reason?: string;
  error?: string;
  replays?: number;
  severity?: Severity;
  hostname?: string;
  /** Default now. */
  failedAt?: string;
}

/** The queues of a pipeline, opened as any other program could. */
export function openTestQueue<Name extends DeadLetterQueueName>(
  { redis, prefix }: Pick<Pipeline, "redis" | "prefix">,
  name: Name,
) {
  const connection = patientOptions(redisSettings({ REDIS_URL: redis.url }));
  return openQueue(name, { connection, prefix, onError: () => {} });
}

/** The event of a dead letter, which `FORWARD_FAULTS` matches. */
function deadEvent({ id, severity = 3, hostname = "h1" }: DeadLetterDraft): IngestedEvent {
  const at = "2026-11-24T06:00:00.000Z";
  return {
    id,
    correlation_id: `c-${id}`,
    hostname,
    message: `fault of ${id}`,
    severity,
    timestamp: at,
    received_at: at,
  };
}

/** A dead letter as the alerter makes it. */
export function deadLetterOf(draft: DeadLetterDraft): DeadLetter {
  const { id, replays = 0, failedAt = new Date().toISOString() } = draft;
  const error = draft.error ?? "HTTP 503";
  return {
    alert_id: id,
    origin_queue: "ingest",
    payload: deadEvent(draft),
    class: draft.class ?? "transient_downstream",
    reason: draft.reason ?? "retries_exhausted",
    error,
    fingerprint: Buffer.from(error).toString("hex").padEnd(16, "0").slice(0, 16),
    replays,
    history: Array.from({ length: replays + 1 }, (_, replay) => ({
      at: failedAt,
      attempt: 1,
      replay,
      worker: "w",
      version: "1",
      error,
    })),
    first_failed_at: failedAt,
    last_failed_at: failedAt,
  };
}

/** Puts dead letters into a queue the way any program can: with BullMQ alone. */
export async function preload(
  pipeline: Pick<Pipeline, "redis" | "prefix">,
  queueName: DeadLetterQueueName,
  drafts: readonly DeadLetterDraft[],
): Promise<void> {
  const queue = openTestQueue(pipeline, queueName);
  await queue.addBulk(
    drafts.map((draft) => ({
      name: "dead",
      data: deadLetterOf(draft),
      opts: { jobId: `${draft.id}~r${draft.replays ?? 0}` },
    })),
  );
  await queue.close();
}
