import type { DeadLetter } from "@mutt/dead-letter";

/** The settings by which a replay is decided. */
export interface ReplaySettings {
  /** Replays that may spend the poison budget before an entry is terminal. */
  maxPoisonRetries: number;
  /** Older entries wait for an operator; milliseconds. */
  maxAgeMs: number;
  /** Time between two rounds of automatic replay, in milliseconds; the unit of the wait after a replay. */
  intervalMs: number;
}

/** What the automatic replay does with an entry. */
export type AutomaticDecision =
  | { kind: "replay" }
  /** Out of replays: goes to the terminal queue. */
  | { kind: "bury" }
  /** One entry of its kind goes ahead; what becomes of it decides about the others. */
  | { kind: "canary" }
  /** One at a time, and nothing else with it. */
  | { kind: "alone" }
  /** Not now. */
  | { kind: "wait"; reason: "backoff" }
  /** Never without an operator. */
  | { kind: "leave"; reason: "permanent" | "too_old" | "lost_again" };

/** How often an entry was replayed, whatever it spent. */
export function roundsOf(entry: Pick<DeadLetter, "replays" | "free_replays">): number {
  return entry.replays + (entry.free_replays ?? 0);
}

/** Whether a replay of this entry spends the poison budget: being shed or throttled says nothing about an alert. */
export function spendsBudget(entry: Pick<DeadLetter, "class">): boolean {
  return entry.class !== "capacity" && entry.class !== "throttled";
}

/** Whether an entry has used up its replays, so that the terminal queue is next. */
export function isPoison(
  entry: Pick<DeadLetter, "class" | "replays">,
  { maxPoisonRetries }: Pick<ReplaySettings, "maxPoisonRetries">,
): boolean {
  return spendsBudget(entry) && entry.replays >= maxPoisonRetries;
}

/** The counts that an entry has after one more replay. */
export function countReplay(entry: Pick<DeadLetter, "class" | "replays" | "free_replays">): {
  replays: number;
  free_replays?: number;
} {
  const free = entry.free_replays ?? 0;
  if (spendsBudget(entry)) {
    return { replays: entry.replays + 1, ...(free > 0 ? { free_replays: free } : {}) };
  }
  return { replays: entry.replays, free_replays: free + 1 };
}

/** Decides what the automatic replay does with an entry; `nowMs` is epoch milliseconds. */
export function decideAutomatic(
  entry: DeadLetter,
  settings: ReplaySettings,
  nowMs: number,
): AutomaticDecision {
  const ageMs = nowMs - Date.parse(entry.last_failed_at);
  if (isPoison(entry, settings)) return { kind: "bury" };
  if (entry.class === "permanent") return { kind: "leave", reason: "permanent" };
  if (entry.class === "worker_lost" && entry.replays > 0) {
    return { kind: "leave", reason: "lost_again" };
  }
  if (ageMs > settings.maxAgeMs) return { kind: "leave", reason: "too_old" };
  if (ageMs < backoffMs(entry, settings)) return { kind: "wait", reason: "backoff" };
  if (entry.class === "worker_lost") return { kind: "alone" };
  if (entry.class === "unknown") return { kind: "canary" };
  return { kind: "replay" };
}

/** A first replay comes at once; each one that failed doubles the wait, from one interval on. */
function backoffMs(entry: DeadLetter, { intervalMs }: ReplaySettings): number {
  return spendsBudget(entry) ? intervalMs * (2 ** Math.min(entry.replays, 20) - 1) : 0;
}
