import { type DeadLetterFilter, isPoison, matchesFilter, type PlacedEntry } from "@mutt/replay";

/** Why an entry that a filter means is not replayed. */
export const NOT_ELIGIBLE = ["quarantined", "out_of_replays", "terminal", "waits_already"] as const;

/** Why an entry that a filter means is not replayed. */
export type NotEligible = (typeof NOT_ELIGIBLE)[number];

/** What decides whether an entry is replayed. */
export interface EligibilityContext {
  filter: DeadLetterFilter;
  /** Epoch milliseconds: ages are those at this time, and what failed after it is not meant. */
  plannedAtMs: number;
  isQuarantined(fingerprint: string): boolean;
  /** `max_poison_retries` in force. */
  maxPoisonRetries: number;
}

/** Says of a parked entry whether a filter means it and, if so, whether it may be replayed. */
export function judgeEntry(
  placed: PlacedEntry,
  { filter, plannedAtMs, isQuarantined, maxPoisonRetries }: EligibilityContext,
): "eligible" | NotEligible | undefined {
  const { queue, entry } = placed;
  if (!matchesFilter(placed, filter, plannedAtMs)) return undefined;
  // The terminal queue is for those who mean it: they name it.
  if (queue === "dlq-dead") {
    if (filter.queue !== "dlq-dead") return "terminal";
  } else if (isPoison(entry, { maxPoisonRetries })) return "out_of_replays";
  const isNamed = filter.fingerprint === entry.fingerprint;
  return isQuarantined(entry.fingerprint) && !isNamed ? "quarantined" : "eligible";
}
