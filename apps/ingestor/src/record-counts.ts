import type { MinuteRecorder } from "@mutt/minute-history";
import type { LedgerWriter } from "@mutt/queues";
import type { IngestorMetrics } from "./metrics.ts";
import { CLIENT_FAULTS, type RefusalReason } from "./refusal.ts";

const clientFaults: ReadonlySet<RefusalReason> = new Set(CLIENT_FAULTS);

/**
 * Adds what counts for the objectives and charts to the history in Redis, and what came in to the ledger, beside the
 * metrics.
 */
export function recordCounts(
  metrics: IngestorMetrics,
  recorder: Pick<MinuteRecorder, "add">,
  ledger: Pick<LedgerWriter, "count">,
): IngestorMetrics {
  return {
    ...metrics,
    requestAccepted(seconds) {
      metrics.requestAccepted(seconds);
      recorder.add("ingest_good");
    },
    requestRefused(reason, seconds) {
      metrics.requestRefused(reason, seconds);
      recorder.add(clientFaults.has(reason) ? "ingest_client_fault" : "ingest_bad");
    },
    events(outcome, count) {
      metrics.events(outcome, count);
      if (outcome !== "accepted") return;
      recorder.add("events_accepted", count);
      ledger.count("accepted", count);
    },
  };
}
