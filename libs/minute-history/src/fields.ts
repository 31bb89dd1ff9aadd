/** What the pipeline counts, per minute and per hour. */
export const COUNTERS = [
  /** Ingest requests that were accepted. */
  "ingest_good",
  /** Ingest requests refused because of the service: shedding and every 5xx. */
  "ingest_bad",
  /** Ingest requests refused because of what the client sent. */
  "ingest_client_fault",
  /** Events that were queued. */
  "events_accepted",
  /** Events that the alerter passed on, wrote down only, or has no rule for. */
  "forwarded",
  "logged",
  "unhandled",
  /** Events that were shed into the dead letter queue, or put off. */
  "shed",
  "deferred",
  /** Events that the alerter gave up on. */
  "dead",
  /** Fresh alerts, once each: delivered or dead. */
  "forward_good",
  "forward_bad",
  /** Replayed alerts: delivered or dead again. */
  "replay_good",
  "replay_bad",
  /** Requests to the incident platform. */
  "requests_ok",
  "requests_failed",
  /** Minutes in which a process of the app counted. */
  "up_ingestor",
  "up_alerter",
  "up_forwarder",
] as const;

/** One of the counters. */
export type Counter = (typeof COUNTERS)[number];

/** The apps that count. */
export type CountingApp = "ingestor" | "alerter" | "forwarder";

/** What is looked at once a minute. */
export const GAUGES = [
  /** Events that wait for the alerter. */
  "ingest_depth",
  /** Deliveries that wait for the forwarder, and the age of the oldest in seconds. */
  "alert_depth",
  "alert_oldest_age",
  /** Deliveries a second that leave the alert queue. */
  "drain_rate",
  /** Dead letters by queue. */
  "dlq_alerter",
  "dlq_forwarder",
  "dlq_dead",
  /** Share of the events to be forwarded that is shed: 0 to 1. */
  "shed_share",
  /** Position in `OVERLOAD_LEVELS` and in `BREAKER_LEVELS`. */
  "overload",
  "breaker",
  /** Share of its `maxmemory` that Redis uses: 0 to 1. */
  "redis_memory",
] as const;

/** One of the gauges. */
export type Gauge = (typeof GAUGES)[number];

/** States of the overload control, as the gauge `overload` numbers them. */
export const OVERLOAD_LEVELS = ["normal", "recovering", "warn", "shed"] as const;

/** States of the circuit breaker, as the gauge `breaker` numbers them. */
export const BREAKER_LEVELS = ["closed", "half_open", "open"] as const;

/** Anything that a chart can show. */
export type Field = Counter | Gauge;

/** Says whether a name read from Redis is one of ours. */
export function isField(name: string): name is Field {
  return FIELDS.has(name);
}

const FIELDS: ReadonlySet<string> = new Set([...COUNTERS, ...GAUGES]);
