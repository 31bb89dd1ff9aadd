import type { MinuteRecorder } from "@mutt/minute-history";
import type { LedgerWriter } from "@mutt/queues";
import type { ForwarderMetrics } from "./metrics.ts";

/**
 * Adds what counts for the objectives and charts to the history in Redis, and what was delivered to the ledger, beside
 * the metrics.
 */
export function recordCounts(
  metrics: ForwarderMetrics,
  recorder: Pick<MinuteRecorder, "add">,
  ledger: Pick<LedgerWriter, "count">,
): ForwarderMetrics {
  return {
    ...metrics,
    requestSucceeded(seconds) {
      metrics.requestSucceeded(seconds);
      recorder.add("requests_ok");
    },
    requestFailed(reason, seconds) {
      metrics.requestFailed(reason, seconds);
      recorder.add("requests_failed");
    },
    alerts(outcome, origin, count) {
      metrics.alerts(outcome, origin, count);
      // What is dead stands in its queue, and is counted there.
      if (outcome === "delivered") ledger.count("delivered", count);
      const result = outcome === "delivered" ? "good" : "bad";
      // A replay does not make up for the failure before it, nor count as another one.
      recorder.add(origin === "fresh" ? `forward_${result}` : `replay_${result}`, count);
    },
  };
}
