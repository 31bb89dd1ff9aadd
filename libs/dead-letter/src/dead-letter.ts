import { createHash } from "node:crypto";
import type { OutgoingAlert } from "@mutt/alert";
import { type IngestedEvent, messagePattern } from "@mutt/event";
import type { TraceContext } from "@mutt/trace-context";

/** Why an entry is dead; the class decides whether and how it may be replayed. */
export const DEAD_LETTER_CLASSES = [
  "transient_downstream",
  "throttled",
  "capacity",
  "worker_lost",
  "destination_config",
  "permanent",
  "unknown",
] as const;

/** One of the classes. */
export type DeadLetterClass = (typeof DEAD_LETTER_CLASSES)[number];

/** One try that failed. */
export interface FailedAttempt {
  /** ISO 8601. */
  at: string;
  attempt: number;
  replay: number;
  /** Host name and process id of the worker. */
  worker: string;
  version: string;
  error: string;
  /** Who asked for the replay, when a person did. */
  actor?: string;
}

/** The queue that a dead letter came from, with what it held there. */
export type DeadLetterOrigin =
  | { origin_queue: "ingest"; payload: IngestedEvent }
  | { origin_queue: "alert"; payload: OutgoingAlert };

/** The data of a job in a dead letter queue: one alert, why it is here, and all that was tried. */
export type DeadLetter = DeadLetterOrigin & {
  alert_id: string;
  class: DeadLetterClass;
  reason: string;
  error: string;
  fingerprint: string;
  /** Replays that spent some of the poison budget (`max_poison_retries`). */
  replays: number;
  /** Replays that spent none of it: the entry was shed or throttled, which says nothing about the alert. */
  free_replays?: number;
  history: FailedAttempt[];
  /** How many older attempts were dropped from `history` to bound it. */
  history_dropped?: number;
  first_failed_at: string;
  last_failed_at: string;
  /** The trace that a replay goes on with; absent when nothing is traced. */
  trace?: TraceContext;
};

/** Attempts kept in a history; the first one is always among them. */
const MAX_HISTORY = 50;

/** Characters of an error text that are kept. */
const MAX_ERROR_CHARACTERS = 1000;

/** What a worker knows when it gives up on an alert. */
export interface GiveUp {
  class: DeadLetterClass;
  /** A short, stable word from a closed list, such as `retries_exhausted`. */
  reason: string;
  error: string;
  replays: number;
  free_replays?: number;
  history: readonly FailedAttempt[];
  /** ISO 8601. */
  at: string;
}

/** Builds the dead letter of one alert. */
export function createDeadLetter(origin: DeadLetterOrigin, giveUp: GiveUp): DeadLetter {
  const error = clipError(giveUp.error);
  const { kept, dropped } = boundHistory(giveUp.history);
  const common = {
    class: giveUp.class,
    reason: giveUp.reason,
    error,
    fingerprint: fingerprintOf(giveUp.class, error),
    replays: giveUp.replays,
    ...(giveUp.free_replays ? { free_replays: giveUp.free_replays } : {}),
    history: kept,
    ...(dropped > 0 ? { history_dropped: dropped } : {}),
    first_failed_at: kept[0]?.at ?? giveUp.at,
    last_failed_at: giveUp.at,
  };
  return origin.origin_queue === "ingest"
    ? { alert_id: origin.payload.id, ...origin, ...common }
    : { alert_id: origin.payload.external_id, ...origin, ...common };
}

/**
 * Number of the attempt that follows these failures within one round of replay; the first is 1.
 * Each round starts anew: a replay that was granted gets all its retries. Counted on from the last one, since the
 * history is bounded and the attempts are not.
 */
export function nextAttempt(failures: readonly FailedAttempt[], replay: number): number {
  const last = failures.at(-1);
  return last?.replay === replay ? last.attempt + 1 : 1;
}

/** Cuts an error text to what is worth keeping. */
export function clipError(error: string): string {
  return error.length <= MAX_ERROR_CHARACTERS ? error : `${error.slice(0, MAX_ERROR_CHARACTERS)}…`;
}

/** Names a kind of failure: class and message with its variable parts masked, as 16 hex digits. */
export function fingerprintOf(deadLetterClass: DeadLetterClass, error: string): string {
  return createHash("sha256")
    .update(`${deadLetterClass}\n${messagePattern(error)}`)
    .digest("hex")
    .slice(0, 16);
}

/** Keeps the first attempt and the newest ones, and says how many went. */
export function boundHistory(history: readonly FailedAttempt[]): {
  kept: FailedAttempt[];
  dropped: number;
} {
  const dropped = history.length - MAX_HISTORY;
  if (dropped <= 0) return { kept: [...history], dropped: 0 };
  return { kept: [...history.slice(0, 1), ...history.slice(1 + dropped)], dropped };
}
