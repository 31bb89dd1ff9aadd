import { requestBody } from "./request.ts";

/** Jobs of a queue by state. */
interface QueueCounts {
  waiting: number;
  prioritized: number;
  delayed: number;
  active: number;
  failed: number;
}

/** One queue as it stands. */
export interface QueueRow {
  name: string;
  counts: QueueCounts;
  /** Of the job that waits, or is parked, longest; 0 when none does. */
  oldest_age_seconds: number;
  /** Jobs a second that leave; `null` where nobody measures it. */
  drain_rate: number | null;
}

/** How the alerter copes with its load. */
export interface AlerterRow {
  state: "normal" | "warn" | "shed" | "recovering" | "unknown";
  depth?: number;
  /** Share of the events that is set aside, 0 to 1. */
  share?: number;
}

/** The breaker before the incident platform. */
export interface BreakerRow {
  state: "closed" | "open" | "half_open";
  reason: string | null;
  /** ISO 8601: when deliveries are tried again. */
  retry_at: string | null;
}

/** The queues, the alerter and the breaker at one moment. */
export interface QueuesReport {
  queues: QueueRow[];
  alerter: AlerterRow;
  breaker: BreakerRow;
}

/** Reads how the pipeline stands. */
export function readQueues(signal: AbortSignal): Promise<QueuesReport> {
  return requestBody<QueuesReport>("api/v1/queues", { signal });
}

/** Closes the breaker by hand; the reason is audited. */
export function resetBreaker(reason: string): Promise<void> {
  return requestBody<void>("api/v1/breaker/reset", { method: "POST", body: { reason } });
}
