import { burnRate, errorRatio } from "./budget.ts";
import type { BurnPair } from "./burn-pairs.ts";
import type { SloReading, WindowCounts } from "./reading.ts";

/** Why a pair says nothing. */
export type PairReason = "no_traffic" | "insufficient_history" | "pair_unreachable";

/** What a pair of windows says. */
export interface PairVerdict {
  pair: BurnPair;
  evaluable: boolean;
  /** Why it is not; `null` when it is. */
  reason: PairReason | null;
  breached: boolean;
  /** Fewer events in the long window than a percentage can be made of. */
  lowTraffic: boolean;
  long: WindowCounts;
  short: WindowCounts;
}

/** With less of a window than this, its errors say little about all of it. */
export const ENOUGH_COVERAGE = 0.5;

/** Fewer events than this in the long window: one error would be ten per cent of them or more. */
const MIN_EVENTS = 10;

const NOTHING: WindowCounts = { total: null, bad: null, coverage: null };

/**
 * Judges a pair. It is breached when both windows burn faster than its factor.
 *
 * Where less than half of the long window was measured the rest is taken as free of errors: a pair that is breached
 * even so is breached, any other one cannot be told yet. So a total failure shows as soon after an installation as
 * at any other time, and an hour of few errors is not taken for three days of them.
 */
export function judgePair(
  pair: BurnPair,
  reading: Extract<SloReading, { kind: "counts" }>,
  budget: number,
): PairVerdict {
  const long = reading.windows[pair.long] ?? NOTHING;
  const short = reading.windows[pair.short] ?? NOTHING;
  const lowTraffic = (long.total ?? 0) < MIN_EVENTS;
  const silent = (reason: PairReason): PairVerdict => ({
    pair,
    evaluable: false,
    reason,
    breached: false,
    lowTraffic,
    long,
    short,
  });
  if (pair.factor * budget >= 1) return silent("pair_unreachable");
  const longBurn = burnRate(errorRatio(long), budget);
  const shortBurn = burnRate(errorRatio(short), budget);
  if (longBurn === null || shortBurn === null) return silent("no_traffic");
  const coverage = Math.min(1, long.coverage ?? 0);
  const isCovered = coverage >= ENOUGH_COVERAGE;
  const certainBurn = isCovered ? longBurn : longBurn * coverage;
  if (!isCovered && !(certainBurn > pair.factor)) return silent("insufficient_history");
  const breached = certainBurn > pair.factor && shortBurn > pair.factor;
  return { pair, evaluable: true, reason: null, breached, lowTraffic, long, short };
}
