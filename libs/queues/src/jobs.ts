import type { OutgoingAlert } from "@mutt/alert";
import type { DeadLetter, FailedAttempt } from "@mutt/dead-letter";
import type { IngestedEvent, Severity } from "@mutt/event";
import type { TraceOrigin } from "@mutt/trace-context";
import type { ReplayCounts } from "./ids.ts";

/** A chunk: events that came in together. Each gets its own outcome. */
export interface IngestJob extends ReplayCounts {
  events: IngestedEvent[];
  /** Present on events that failed before: how often, and how. */
  failures?: FailedAttempt[];
  /** How often these events were put off because of an overload; absent means never. */
  defers?: number;
  /** How many workers these events have lost in jobs before this one; absent means none. */
  lost_workers?: number;
  /** The traces that these events belong to; absent when nothing is traced. */
  traces?: TraceOrigin[];
}

/** A delivery: alerts of one severity that are sent as one request. */
export interface AlertJob extends ReplayCounts {
  severity: Severity;
  alerts: OutgoingAlert[];
  /** Attempts that failed, oldest first; absent means none. */
  failures?: FailedAttempt[];
  /** How long the receiver has told it to wait, all told: milliseconds. */
  throttled_ms?: number;
  /** How often the receiver told it to wait. */
  throttled_times?: number;
  /** The traces that these alerts belong to; absent when nothing is traced. */
  traces?: TraceOrigin[];
}

/** What each queue's jobs carry. */
export interface JobData {
  ingest: IngestJob;
  alert: AlertJob;
  "dlq-alerter": DeadLetter;
  "dlq-forwarder": DeadLetter;
  "dlq-dead": DeadLetter;
}

/** The largest ingest job in bytes; larger requests become several chunks. */
export const MAX_INGEST_JOB_BYTES = 256 * 1024;

/** Events of one chunk at most. */
export const MAX_CHUNK_EVENTS = 100;

/**
 * BullMQ's own attempt limit on the alert queue. `moog_max_retries` may change while a job waits, so the
 * forwarder itself decides when to give up; this only has to lie above that key's maximum of 100.
 */
export const ALERT_JOB_ATTEMPTS = 1000;

/** BullMQ priority of a severity: 1 is taken first. A job without one would overtake all. */
export function priorityOf(severity: Severity): number {
  return severity + 1;
}
