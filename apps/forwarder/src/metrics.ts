import type { BreakerState } from "@mutt/circuit-breaker";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { SEND_REASONS, type SendReason } from "./verdict.ts";

/** Whether an alert is sent for the first time or replayed from a dead letter queue. */
export type Origin = "fresh" | "replay";

const BREAKER_STATES: readonly BreakerState[] = ["closed", "open", "half_open"];
const ORIGINS: readonly Origin[] = ["fresh", "replay"];
const ALERT_OUTCOMES = ["delivered", "dead"] as const;

/** Everything the forwarder counts and shows. */
export interface ForwarderMetrics {
  requestSucceeded(seconds: number): void;
  requestFailed(reason: SendReason, seconds: number): void;
  alerts(outcome: (typeof ALERT_OUTCOMES)[number], origin: Origin, count: number): void;
  /** Seconds from an event's acceptance to its delivery. */
  endToEnd(seconds: number): void;
  breaker(state: BreakerState): void;
  breakerTransition(to: BreakerState): void;
  /** When the platform last answered a probe as it should: epoch seconds. */
  moogAnswered(atSeconds: number): void;
}

/** Registers the forwarder's metrics, each label set at 0. */
export function createMetrics(registry: Registry): ForwarderMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "mutt_moog_requests_total",
    help: "HTTP requests to the destination, one per attempt",
    labelNames: ["status", "reason"],
    registers,
  });
  const alerts = new Counter({
    name: "mutt_forward_alerts_total",
    help: "Alerts by what became of them; a retried request is not a failed alert",
    labelNames: ["outcome", "origin"],
    registers,
  });
  const duration = new Histogram({
    name: "mutt_moog_request_duration_seconds",
    help: "Time of one request to the destination",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const endToEnd = new Histogram({
    name: "mutt_forward_e2e_seconds",
    help: "Time from an event's acceptance to its delivery",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    registers,
  });
  const state = new Gauge({
    name: "mutt_circuit_breaker_state",
    help: "1 for the state that the breaker is in, as this process last saw it",
    labelNames: ["state"],
    registers,
  });
  const transitions = new Counter({
    name: "mutt_circuit_breaker_transitions_total",
    help: "State changes of the breaker that this process caused",
    labelNames: ["to"],
    registers,
  });
  const lastAnswer = new Gauge({
    name: "mutt_moog_health_last_ok_timestamp",
    help: "When MOOG_HEALTH_URL last answered a probe with 2xx: Unix time in seconds; 0 while nothing is known",
    registers,
  });
  const showState = (current: BreakerState): void => {
    for (const each of BREAKER_STATES) state.set({ state: each }, each === current ? 1 : 0);
  };

  requests.inc({ status: "success", reason: "ok" }, 0);
  for (const reason of SEND_REASONS) requests.inc({ status: statusOf(reason), reason }, 0);
  for (const outcome of ALERT_OUTCOMES) {
    for (const origin of ORIGINS) alerts.inc({ outcome, origin }, 0);
  }
  for (const to of BREAKER_STATES) transitions.inc({ to }, 0);
  showState("closed");

  return {
    requestSucceeded(seconds) {
      requests.inc({ status: "success", reason: "ok" });
      duration.observe(seconds);
    },
    requestFailed(reason, seconds) {
      requests.inc({ status: statusOf(reason), reason });
      duration.observe(seconds);
    },
    alerts: (outcome, origin, count) => alerts.inc({ outcome, origin }, count),
    endToEnd: (seconds) => endToEnd.observe(seconds),
    breaker: showState,
    breakerTransition: (to) => transitions.inc({ to }),
    moogAnswered: (atSeconds) => lastAnswer.set(atSeconds),
  };
}

function statusOf(reason: SendReason): "rate_limited" | "fail" {
  return reason === "rate_limited" ? "rate_limited" : "fail";
}
