/** The parts of the pipeline that have an objective. */
export const COMPONENTS = ["ingestor", "forwarder"] as const;

/** A part of the pipeline that has an objective. */
export type ComponentName = (typeof COMPONENTS)[number];

/** One objective: what counts, and what counts as bad. */
export interface Slo {
  name: string;
  component: ComponentName;
  description: string;
  /** Share of good events in the window; holds where no other target is set at run time. */
  defaultTarget: number;
  /** The counter that the indicator is made of. */
  metric: string;
  /** Label matchers of everything that counts, and of what is bad among it. */
  total: string;
  bad: string;
}

/**
 * Reasons of `mutt_ingest_requests_total` that are the sender's fault: such requests are no measure of the service and
 * count neither as good nor as bad.
 */
export const CLIENT_FAULTS = [
  "bad_request",
  "unauthorized",
  "conflict",
  "too_large",
  "unsupported_media_type",
  "idempotency_mismatch",
  "rate_limited",
] as const;

/** Reasons that are the service's fault: pushed back on purpose (429), and every 5xx. */
export const SERVICE_FAULTS = [
  "shedding",
  "queue_full",
  "redis_unavailable",
  "redis_memory",
  "internal",
] as const;

/** The one table of objectives: queries, rules, alerts and the dashboard are made from it. */
export const SLOS: Readonly<Record<ComponentName, Slo>> = {
  ingestor: {
    name: "ingest-availability",
    component: "ingestor",
    description: "Valid ingest requests that were accepted",
    defaultTarget: 0.995,
    metric: "mutt_ingest_requests_total",
    total: `reason!~"${CLIENT_FAULTS.join("|")}"`,
    bad: `reason=~"${SERVICE_FAULTS.join("|")}"`,
  },
  forwarder: {
    name: "forward-success",
    component: "forwarder",
    description: "Fresh alerts that were delivered to the incident platform",
    defaultTarget: 0.99,
    metric: "mutt_forward_alerts_total",
    total: 'origin="fresh"',
    bad: 'origin="fresh",outcome="dead"',
  },
};

/** What can be changed at run time. */
export interface SloSettings {
  targets: Readonly<Record<ComponentName, number>>;
  /** The window over which the objectives hold. */
  windowHours: number;
  /** Burn rate over 1 h and 5 min above which the state is critical. */
  burnRateCritical: number;
  /** Burn rate over 6 h and 30 min above which the state is warn. */
  burnRateWarning: number;
}

/** The settings that hold where nobody changed any; the rules files are made with them. */
export const DEFAULT_SLO_SETTINGS: SloSettings = {
  targets: {
    ingestor: SLOS.ingestor.defaultTarget,
    forwarder: SLOS.forwarder.defaultTarget,
  },
  windowHours: 720,
  burnRateCritical: 14.4,
  burnRateWarning: 6,
};
