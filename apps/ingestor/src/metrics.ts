import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { REFUSAL_REASONS, type RefusalReason } from "./refusal.ts";

/** What became of the events of requests. */
const EVENT_OUTCOMES = ["accepted", "rejected", "refused"] as const;

/** Everything the ingestor counts. */
export interface IngestorMetrics {
  requestAccepted(seconds: number): void;
  requestRefused(reason: RefusalReason, seconds: number): void;
  events(outcome: (typeof EVENT_OUTCOMES)[number], count: number): void;
  rateLimiterFailed(): void;
}

/** Registers the ingestor's metrics, each label set at 0; `readDepth` is asked at every scrape. */
export function createMetrics(
  registry: Registry,
  readDepth: () => Promise<number>,
): IngestorMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "mutt_ingest_requests_total",
    help: "Ingest requests by result and reason; docs/metrics.md says which reasons are the client's fault",
    labelNames: ["status", "reason"],
    registers,
  });
  const events = new Counter({
    name: "mutt_ingest_events_total",
    help: "Events of ingest requests: accepted (queued), rejected (not valid), refused (with their whole request)",
    labelNames: ["outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "mutt_ingest_request_duration_seconds",
    help: "Time from the request's arrival to its answer",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const limiterErrors = new Counter({
    name: "mutt_rate_limiter_errors_total",
    help: "Decisions that the rate limiter could not make and let through",
    registers,
  });
  new Gauge({
    name: "mutt_ingest_queue_depth",
    help: "Events accepted and not yet worked on by an alerter",
    registers,
    async collect() {
      // While Redis is away the last value stays: one gauge must not cost the whole scrape.
      const depth = await readDepth().catch(() => undefined);
      if (depth !== undefined) this.set(depth);
    },
  });
  requests.inc({ status: "success", reason: "ok" }, 0);
  for (const reason of REFUSAL_REASONS) requests.inc({ status: "fail", reason }, 0);
  for (const outcome of EVENT_OUTCOMES) events.inc({ outcome }, 0);
  return {
    requestAccepted(seconds) {
      requests.inc({ status: "success", reason: "ok" });
      duration.observe(seconds);
    },
    requestRefused(reason, seconds) {
      requests.inc({ status: "fail", reason });
      duration.observe(seconds);
    },
    events(outcome, count) {
      if (count > 0) events.inc({ outcome }, count);
    },
    rateLimiterFailed: () => limiterErrors.inc(),
  };
}
