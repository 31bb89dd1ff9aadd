import type { WindowCounts } from "./reading.ts";

/** Ratios are given with so many digits: more are noise of the arithmetic (`1 - 0.999` is 0.0010000000000000009). */
const DIGITS = 6;

/** Cuts a number to six significant digits; what is no finite number becomes `null`, for JSON has none. */
export function shorten(value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  // Adding 0 turns -0 into 0.
  return Number(value.toPrecision(DIGITS)) + 0;
}

/** The share of events that may be bad: `1 - target`. */
export function errorBudget(target: number): number {
  return Number((1 - target).toPrecision(DIGITS));
}

/** Share of bad events, 0 to 1; `null` when there were none at all. */
export function errorRatio({ total, bad }: WindowCounts): number | null {
  if (total === null || bad === null || !(total > 0)) return null;
  // Extrapolated counts may cross by a little.
  return Math.min(1, Math.max(0, bad / total));
}

/** How many times faster than allowed the budget is used: 1 uses exactly all of it in the whole window. */
export function burnRate(ratio: number | null, budget: number): number | null {
  return ratio === null ? null : ratio / budget;
}

/** Share of the budget that is left; below 0 when more than all of it is used. */
export function budgetRemaining(periodRatio: number, budget: number): number {
  return 1 - periodRatio / budget;
}

/** Seconds until the budget is used up if the errors go on as now; `null` when they do not, or nothing is left. */
export function secondsToExhaustion(options: {
  remaining: number;
  windowHours: number;
  burn: number | null;
}): number | null {
  const { remaining, windowHours, burn } = options;
  if (burn === null || !(burn > 0) || !(remaining > 0)) return null;
  return Math.round((remaining * windowHours * 3600) / burn);
}
