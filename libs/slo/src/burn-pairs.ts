import type { SloSettings } from "./objectives.ts";

/** Lengths of the windows in which errors are looked at, in minutes, by the name that Prometheus gives them. */
export const WINDOW_MINUTES = {
  "5m": 5,
  "30m": 30,
  "1h": 60,
  "2h": 120,
  "6h": 360,
  "1d": 1440,
  "3d": 4320,
} as const;

/** Name of one of these windows. */
export type WindowName = keyof typeof WINDOW_MINUTES;

/** All of them, shortest first. */
export const WINDOWS = Object.keys(WINDOW_MINUTES) as readonly WindowName[];

/**
 * Two windows that must both burn too fast: the long one shows that it matters, the short one, a twelfth of it, that
 * it is still going on.
 */
export interface BurnPair {
  tier: "fast" | "medium" | "slow" | "slowest";
  severity: "critical" | "warn";
  long: WindowName;
  short: WindowName;
  /** Burn rate that both must exceed. */
  factor: number;
}

/** Slow pairs only make sense in a window that is long enough for them to be a part of. */
const SLOW_PAIRS_FROM_HOURS = 7 * 24;

/**
 * The pairs in force. The thresholds are used as given; the slow pairs' ones are those of the SRE workbook for 30
 * days, and they only warn. A pair that is longer than the window itself falls away.
 */
export function burnPairs(settings: SloSettings): BurnPair[] {
  const { windowHours, burnRateCritical, burnRateWarning } = settings;
  const pairs: BurnPair[] = [
    { tier: "fast", severity: "critical", long: "1h", short: "5m", factor: burnRateCritical },
    { tier: "medium", severity: "warn", long: "6h", short: "30m", factor: burnRateWarning },
  ];
  if (windowHours >= SLOW_PAIRS_FROM_HOURS) {
    pairs.push(
      { tier: "slow", severity: "warn", long: "1d", short: "2h", factor: 3 },
      { tier: "slowest", severity: "warn", long: "3d", short: "6h", factor: 1 },
    );
  }
  return pairs.filter(({ long }) => WINDOW_MINUTES[long] <= windowHours * 60);
}

/** The windows that have to be known to judge; the hour is always shown. */
export function windowsInUse(settings: SloSettings): WindowName[] {
  const used = new Set(burnPairs(settings).flatMap(({ long, short }) => [long, short]));
  return WINDOWS.filter((window) => used.has(window) || window === "1h");
}
