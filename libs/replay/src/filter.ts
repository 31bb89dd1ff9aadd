import { DEAD_LETTER_CLASSES, type DeadLetter } from "@mutt/dead-letter";
import type { Severity } from "@mutt/event";
import { z } from "zod";

/** The queues that hold dead letters. */
const QUEUES = ["dlq-alerter", "dlq-forwarder", "dlq-dead"] as const;

const count = z.coerce.number().int().min(0);

/** Which dead letters are meant; what is left out does not matter. */
export const DeadLetterFilter = z
  .strictObject({
    queue: z.enum(QUEUES).describe("Name of the dead letter queue"),
    class: z.enum(DEAD_LETTER_CLASSES).describe("Class of the failure"),
    reason: z.string().min(1).max(100).describe("Reason, such as shed or retries_exhausted"),
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{16}$/, "16 hexadecimal digits")
      .describe("Group"),
    severity: z.coerce.number().int().min(0).max(7).describe("Syslog severity"),
    host: z.string().min(1).max(255).describe("Host name, in any case"),
    min_age_seconds: count.describe("Failed at least so long ago"),
    max_age_seconds: count.describe("Failed at most so long ago"),
    replays_min: count.describe("Replayed at least so often"),
    replays_max: count.describe("Replayed at most so often"),
  })
  .partial();

/** Which dead letters are meant. */
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** Whether a filter names anything besides the queue. */
export function isNarrow({ queue: _queue, ...rest }: DeadLetterFilter): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}

/** The event that a dead letter is about. */
export function eventOf(entry: DeadLetter) {
  return entry.origin_queue === "ingest" ? entry.payload : entry.payload.custom_info.event;
}

/** Severity of the event that a dead letter is about. */
export function severityOf(entry: DeadLetter): Severity {
  return eventOf(entry).severity;
}

/** Whether an entry of a queue is meant by a filter; `nowMs` is epoch milliseconds. */
export function matchesFilter(
  { queue, entry }: { queue: string; entry: DeadLetter },
  filter: DeadLetterFilter,
  nowMs: number,
): boolean {
  const ageSeconds = (nowMs - Date.parse(entry.last_failed_at)) / 1000;
  const event = eventOf(entry);
  const is = <T>(wanted: T | undefined, actual: T) => wanted === undefined || wanted === actual;
  return (
    is(filter.queue, queue) &&
    is(filter.class, entry.class) &&
    is(filter.reason, entry.reason) &&
    is(filter.fingerprint, entry.fingerprint) &&
    is(filter.severity, event.severity) &&
    is(filter.host?.toLowerCase(), event.hostname.toLowerCase()) &&
    ageSeconds >= (filter.min_age_seconds ?? 0) &&
    ageSeconds <= (filter.max_age_seconds ?? Number.POSITIVE_INFINITY) &&
    entry.replays >= (filter.replays_min ?? 0) &&
    entry.replays <= (filter.replays_max ?? Number.POSITIVE_INFINITY)
  );
}
