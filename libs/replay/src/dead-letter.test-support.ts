import type { DeadLetter } from "@mutt/dead-letter";
import type { IngestedEvent } from "@mutt/event";
import type { PlacedEntry } from "./select.ts";

/** The time at which the tests stand: entries failed before it. */
export const NOW_MS = Date.UTC(2026, 10, 24, 12);

/** A time before `NOW_MS`, as ISO 8601. */
export function secondsAgo(seconds: number): string {
  return new Date(NOW_MS - seconds * 1000).toISOString();
}

/** What a test says of an entry; the rest is filled in. */
type Given = Partial<Omit<DeadLetter, "payload" | "origin_queue">> &
  Partial<Pick<IngestedEvent, "severity" | "hostname">>;

/** A dead letter of the alerter that failed a minute ago. */
export function deadLetter({
  severity = 4,
  hostname = "host.example.net",
  ...given
}: Given = {}): DeadLetter {
  const alertId = given.alert_id ?? "a1";
  const at = given.last_failed_at ?? secondsAgo(60);
  const payload: IngestedEvent = {
    id: alertId,
    correlation_id: "c",
    hostname,
    message: "m",
    severity,
    timestamp: at,
    received_at: at,
  };
  return {
    alert_id: alertId,
    class: "transient_downstream",
    reason: "retries_exhausted",
    error: "HTTP 503 from destination",
    fingerprint: "00000000000000aa",
    replays: 0,
    history: [],
    first_failed_at: at,
    last_failed_at: at,
    ...given,
    origin_queue: "ingest",
    payload,
  };
}

/** An entry in a queue; the id of its job is that of its alert. */
export function placed(given: Given, queue = "dlq-forwarder"): PlacedEntry {
  const entry = deadLetter(given);
  return { queue, id: entry.alert_id, entry };
}
