import { uncertainAttempts } from "../oracle/sent.ts";
import type { Evidence } from "./evidence.ts";

/**
 * How many alerts may have been delivered once more under the same `external_id`. Each job that a fault took out of a
 * worker's hands is worked on once more, so each of its events or alerts may come out twice; and each repeat of a request
 * with an idempotency key, after an answer that left its outcome open, may have queued the same events in another chunk.
 */
export function duplicatesBound({
  requests,
  inHand,
}: Pick<Evidence, "requests" | "inHand">): number {
  const repeated = requests
    .filter(({ idempotencyKey }) => idempotencyKey !== undefined)
    .reduce((sum, request) => sum + uncertainAttempts(request) * request.events.length, 0);
  return inHand + repeated;
}
