import { acceptedEvents, type SentRequest, uncertainAttempts } from "../oracle/sent.ts";
import type { Evidence, Violation } from "./evidence.ts";

/**
 * What was delivered is known, and under no more ids than it may have: one with an idempotency key; without, one more for
 * each try whose outcome its sender could not know.
 */
export function judgeIdentities({ requests, deliveries }: Evidence): Violation[] {
  const requestOf = new Map<string, SentRequest>();
  for (const request of requests) {
    for (const { marker } of request.events) requestOf.set(marker, request);
  }
  const idsOf = new Map<string, Set<string>>();
  for (const { event, id } of acceptedEvents(requests)) idsOf.set(event.marker, new Set([id]));

  const violations: Violation[] = [];
  for (const { id, marker, isGenerated } of deliveries) {
    if (isGenerated) continue;
    if (marker === undefined || !requestOf.has(marker)) {
      violations.push({ what: "an unknown alert", detail: "nobody sent it", ids: [id] });
      continue;
    }
    idsOf.set(marker, (idsOf.get(marker) ?? new Set()).add(id));
  }
  for (const [marker, ids] of idsOf) {
    const request = requestOf.get(marker);
    if (request === undefined || ids.size <= allowedIds(request)) continue;
    const detail = `${marker} of request ${request.id} has ${ids.size} ids, and may have ${allowedIds(request)}`;
    violations.push({ what: "a duplicate under another id", detail, ids: [...ids] });
  }
  return violations;
}

function allowedIds(request: SentRequest): number {
  if (request.idempotencyKey !== undefined) return 1;
  return uncertainAttempts(request) + (request.ids === undefined ? 0 : 1);
}
