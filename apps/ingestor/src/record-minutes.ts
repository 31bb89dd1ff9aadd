import type { MinuteRecorder } from "@mutt/minute-history";
import type { IngestorMetrics } from "./metrics.ts";
import { CLIENT_FAULTS, type RefusalReason } from "./refusal.ts";

const clientFaults: ReadonlySet<RefusalReason> = new Set(CLIENT_FAULTS);

/** Adds what counts for the objectives and charts to the history in Redis, beside the metrics. */
export function recordMinutes(
  metrics: IngestorMetrics,
  recorder: Pick<MinuteRecorder, "add">,
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
      if (outcome === "accepted") recorder.add("events_accepted", count);
    },
  };
}
