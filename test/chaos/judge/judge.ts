import { type AcceptedEvent, acceptedEvents } from "../oracle/sent.ts";
import { duplicatesBound } from "./bound.ts";
import type { Evidence, Violation } from "./evidence.ts";
import { judgeIdentities } from "./identities.ts";
import { judgeStrays } from "./strays.ts";

/** Holds the evidence against the promises; nothing found means that all were kept. */
export function judge(evidence: Evidence): Violation[] {
  return [
    ...judgeRequests(evidence),
    ...judgeOutcomes(evidence),
    ...judgeStrays(evidence),
    ...judgeIdentities(evidence),
    ...judgeDuplicates(evidence),
    ...judgeDeadLetters(evidence),
  ];
}

/** No sender may be answered what it did not deserve, or be refused for ever. */
function judgeRequests({ requests }: Evidence): Violation[] {
  return requests.flatMap(({ id, problem }) =>
    problem === undefined ? [] : [violation("a bad answer", `request ${id}: ${problem}`)],
  );
}

/** Every accepted event is where its rule has it, or in a dead letter queue. */
function judgeOutcomes({ requests, deliveries, parked, logged }: Evidence): Violation[] {
  const delivered = new Set(deliveries.map(({ id }) => id));
  const dead = new Set(parked.map(({ alertId }) => alertId));
  const lost: AcceptedEvent[] = [];
  const misdelivered: AcceptedEvent[] = [];
  for (const accepted of acceptedEvents(requests)) {
    const { kind } = accepted.event;
    const isForwarded = kind === "forward" || kind === "poison";
    if (!isForwarded && delivered.has(accepted.id)) misdelivered.push(accepted);
    if (dead.has(accepted.id)) continue;
    if (isForwarded && !delivered.has(accepted.id)) lost.push(accepted);
    if (kind === "log" && !logged.has(accepted.id)) lost.push(accepted);
  }
  return [
    ...about("lost", "answered 202, and neither at its end nor a dead letter", lost),
    ...about("delivered against its rule", "its rule does not forward it", misdelivered),
  ];
}

function judgeDuplicates(evidence: Evidence): Violation[] {
  const repeats = evidence.deliveries.filter(({ times }) => times > 1);
  const duplicates = repeats.reduce((sum, { times }) => sum + times - 1, 0);
  const bound = duplicatesBound(evidence);
  if (duplicates <= bound) return [];
  const detail = `${duplicates} alerts were delivered once more, at most ${bound} may be`;
  return [violation("too many duplicates", detail, repeats.slice(0, 5).map(idOf))];
}

/** A dead letter is parked, says why, and is there once. */
function judgeDeadLetters({ parked }: Evidence): Violation[] {
  const unexplained = parked.filter(
    (entry) =>
      entry.state !== "failed" || !entry.class || !entry.reason || entry.failedReason === "",
  );
  const dead = parked.filter(({ queue }) => queue === "dlq-dead");
  const byAlert = Map.groupBy(dead, ({ alertId }) => alertId);
  const doubled = [...byAlert.entries()].filter(([, entries]) => entries.length > 1);
  return [
    ...unexplained.map((entry) =>
      violation(
        "a dead letter without a reason",
        `${entry.queue}/${entry.jobId} is ${entry.state}: class "${entry.class}", reason "${entry.reason}", error "${entry.failedReason}"`,
        [entry.alertId],
      ),
    ),
    ...doubled.map(([alertId, entries]) =>
      violation(
        "twice in dlq-dead",
        `one alert as ${entries.map(({ jobId }) => jobId).join(" and ")}`,
        [alertId],
      ),
    ),
  ];
}

function about(what: string, why: string, events: readonly AcceptedEvent[]): Violation[] {
  if (events.length === 0) return [];
  const kinds = [...new Set(events.map(({ event }) => event.kind))].join(", ");
  const detail = `${events.length} events (${kinds}): ${why}; such as ${events[0]?.event.marker}`;
  return [violation(what, detail, events.map(idOf))];
}

function idOf({ id }: { id: string }): string {
  return id;
}

function violation(what: string, detail: string, ids: readonly string[] = []): Violation {
  return { what, detail, ids };
}
