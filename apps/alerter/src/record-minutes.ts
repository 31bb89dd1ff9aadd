import type { MinuteRecorder } from "@mutt/minute-history";
import type { AlerterMetrics } from "./metrics.ts";

/** Adds the outcomes of events to the history in Redis, beside the metrics. */
export function recordMinutes(
  metrics: AlerterMetrics,
  recorder: Pick<MinuteRecorder, "add">,
): AlerterMetrics {
  return {
    ...metrics,
    outcome(outcome, count) {
      metrics.outcome(outcome, count);
      recorder.add(outcome, count);
    },
  };
}
