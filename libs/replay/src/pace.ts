/** How many entries may be replayed per interval, as the destination has earned it. */
export interface Pace {
  /** Entries of one interval; at least 1. */
  allowed: number;
  /** Outcomes of replays that were seen at the last step. */
  succeeded: number;
  failed: number;
  /** Replays that had been started at the last step. */
  started: number;
}

/** Outcomes of replays since the beginning. */
export interface ReplayTotals {
  started: number;
  succeeded: number;
  failed: number;
}

/** After the destination came back: one, then three, then this many. */
const CANARY_STEPS = [1, 3, 10];

/** A pace that was not used for long starts here. */
const FIRST_PACE = 50;

/** More failures than this share halve the pace. */
const TOLERATED_FAILURES = 0.2;

/**
 * Takes one step of the pace, once an interval: it grows while it is used and replays are delivered (1, 3, 10, then
 * doubling up to `most`), halves when more than a fifth fail, and stays while nothing is known. A destination that is being tried starts
 * again at 1. `undefined` for what was before means that nothing was replayed yet.
 */
export function stepPace(
  before: Pace | undefined,
  totals: ReplayTotals,
  { isTried, most }: { isTried: boolean; most: number },
): Pace {
  const next = (allowed: number): Pace => ({
    allowed: Math.max(1, Math.min(allowed, most)),
    ...totals,
  });
  if (isTried) return next(1);
  if (before === undefined) return next(FIRST_PACE);
  const succeeded = Math.max(0, totals.succeeded - before.succeeded);
  const failed = Math.max(0, totals.failed - before.failed);
  const known = succeeded + failed;
  if (known === 0) return next(before.allowed);
  if (failed / known > TOLERATED_FAILURES) return next(Math.floor(before.allowed / 2));
  // Few entries that came through say nothing about many.
  const isUsed = totals.started - before.started >= before.allowed / 2;
  return next(isUsed ? faster(before.allowed) : before.allowed);
}

function faster(allowed: number): number {
  return CANARY_STEPS.find((step) => step > allowed) ?? allowed * 2;
}
