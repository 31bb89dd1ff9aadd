import { acceptedEvents } from "../oracle/sent.ts";
import type { Evidence, Violation } from "./evidence.ts";

/** What no rule knows is counted by host, each event at least once, and raises a meta-alert at the threshold. */
export function judgeStrays(evidence: Evidence): Violation[] {
  const { parked, strays, strayThreshold } = evidence;
  const dead = new Set(parked.map(({ alertId }) => alertId));
  const accepted = acceptedEvents(evidence.requests).filter(
    ({ event, id }) => event.kind === "stray" && !dead.has(id),
  );
  const byHost = Map.groupBy(accepted, ({ event }) => event.hostname);
  const raised = new Set(
    [...evidence.deliveries, ...parked]
      .filter(({ isGenerated }) => isGenerated)
      .map(({ hostname }) => hostname),
  );
  const violations: Violation[] = [];
  for (const [host, events] of byHost) {
    const counted = strays.get(host) ?? 0;
    if (counted < events.length) {
      const detail = `${host}: ${events.length} events without a rule were accepted, ${counted} counted`;
      violations.push({ what: "uncounted", detail, ids: events.map(({ id }) => id) });
    }
    if (events.length >= strayThreshold && !raised.has(host)) {
      const detail = `${host}: ${events.length} events without a rule, and no meta-alert`;
      violations.push({ what: "no meta-alert", detail, ids: events.map(({ id }) => id) });
    }
  }
  return violations;
}
