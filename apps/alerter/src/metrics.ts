import type { ShedMode } from "@mutt/backpressure";
import type { IngestedEvent } from "@mutt/event";
import { HANDLINGS, type Handling } from "@mutt/rules";
import { Counter, Gauge, type Registry } from "prom-client";
import { createOverloadMetrics, type OverloadMetrics } from "./overload-metrics.ts";

/** The outcomes an event can come to in the alerter. */
const OUTCOMES = ["forwarded", "logged", "unhandled", "shed", "deferred", "dead"] as const;

/** Everything the alerter counts and shows. */
export interface AlerterMetrics {
  outcome(outcome: (typeof OUTCOMES)[number], count: number): void;
  handled(handlings: Iterable<Handling>): void;
  metaAlerts(count: number): void;
  retried(count: number): void;
  overload: OverloadMetrics;
  /** Events of one chunk that were shed the same way. */
  shed(mode: ShedMode, events: readonly IngestedEvent[]): void;
}

/** Registers the alerter's metrics, each label set at 0; the number of rules is asked at every scrape. */
export function createMetrics(registry: Registry, rulesLoaded: () => number): AlerterMetrics {
  const registers = [registry];
  const events = new Counter({
    name: "mutt_alerter_events_total",
    help: "Events by the outcome they came to in the alerter",
    labelNames: ["outcome"],
    registers,
  });
  const handling = new Counter({
    name: "mutt_alerter_handling_total",
    help: "Events that a rule matched, by the handling it asked for",
    labelNames: ["handling"],
    registers,
  });
  const metaAlerts = new Counter({
    name: "mutt_alerter_meta_alerts_total",
    help: "Alerts made because a host sent much of something that no rule knows",
    registers,
  });
  const retries = new Counter({
    name: "mutt_alerter_retries_total",
    help: "Events whose processing failed and is tried again",
    registers,
  });
  new Gauge({
    name: "mutt_alerter_rules_loaded",
    help: "Active rules in force in this process",
    registers,
    collect() {
      this.set(rulesLoaded());
    },
  });
  const overload = createOverloadMetrics(registry);
  for (const outcome of OUTCOMES) events.inc({ outcome }, 0);
  for (const value of HANDLINGS) handling.inc({ handling: value }, 0);
  return {
    outcome: (outcome, count) => events.inc({ outcome }, count),
    handled(handlings) {
      // One call a kind: thousands of events a second share six of them.
      const counts = new Map<Handling, number>();
      for (const each of handlings) counts.set(each, (counts.get(each) ?? 0) + 1);
      for (const [value, count] of counts) handling.inc({ handling: value }, count);
    },
    metaAlerts: (count) => metaAlerts.inc(count),
    retried: (count) => retries.inc(count),
    overload,
    shed: (mode, shed) =>
      overload.shed(
        mode,
        shed.map(({ severity }) => severity),
      ),
  };
}
