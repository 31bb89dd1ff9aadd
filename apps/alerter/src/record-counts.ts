import type { MinuteRecorder } from "@mutt/minute-history";
import type { LedgerWriter } from "@mutt/queues";
import type { AlerterMetrics } from "./metrics.ts";

/** Adds the outcomes of events to the history and to the ledger in Redis, beside the metrics. */
export function recordCounts(
  metrics: AlerterMetrics,
  recorder: Pick<MinuteRecorder, "add">,
  ledger: Pick<LedgerWriter, "count">,
): AlerterMetrics {
  return {
    ...metrics,
    outcome(outcome, count) {
      metrics.outcome(outcome, count);
      recorder.add(outcome, count);
      // The others go on: where they end they are counted.
      if (outcome === "logged" || outcome === "unhandled") ledger.count(outcome, count);
    },
    metaAlerts(count) {
      metrics.metaAlerts(count);
      ledger.count("generated", count);
    },
  };
}
