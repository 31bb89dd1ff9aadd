import type { Counter } from "./fields.ts";

/** Counts of one minute. */
type MinuteCounts = Map<Counter, number>;

/** One write that is not yet known to have reached Redis; it keeps its number until it has. */
export interface Batch {
  number: number;
  minutes: ReadonlyMap<number, MinuteCounts>;
}

/** Counts that wait to be written. */
export interface Tally {
  add(minute: number, counter: Counter, n: number): void;
  /** What is to be written next: the batch that was not confirmed, else all that was counted since. */
  next(): Batch | undefined;
  /** The batch has reached Redis. */
  confirm(): void;
}

/** So many minutes are kept apart while Redis is away: one day. */
const MAX_MINUTES = 1440;

/**
 * Makes an empty tally. It is bounded: after a day without Redis the oldest minutes are added up, so that no count is
 * lost, only told apart less well.
 */
export function createTally(maxMinutes = MAX_MINUTES): Tally {
  let fresh = new Map<number, MinuteCounts>();
  let pending: Batch | undefined;
  let number = 0;
  return {
    add(minute, counter, n) {
      const counts = fresh.get(minute) ?? openMinute(fresh, minute, maxMinutes);
      counts.set(counter, (counts.get(counter) ?? 0) + n);
    },
    next() {
      if (pending === undefined && fresh.size > 0) {
        number++;
        pending = { number, minutes: fresh };
        fresh = new Map();
      }
      return pending;
    },
    confirm() {
      pending = undefined;
    },
  };
}

function openMinute(
  minutes: Map<number, MinuteCounts>,
  minute: number,
  maxMinutes: number,
): MinuteCounts {
  if (minutes.size >= maxMinutes) mergeOldest(minutes);
  const counts: MinuteCounts = new Map();
  minutes.set(minute, counts);
  return counts;
}

function mergeOldest(minutes: Map<number, MinuteCounts>): void {
  const [oldest = 0, next = 0] = [...minutes.keys()].sort((a, b) => a - b);
  const into = minutes.get(next) ?? new Map<Counter, number>();
  for (const [counter, n] of minutes.get(oldest) ?? []) {
    into.set(counter, (into.get(counter) ?? 0) + n);
  }
  minutes.delete(oldest);
}
