import { expect, test } from "vitest";
import { burnPairs, windowsInUse } from "./burn-pairs.ts";
import { DEFAULT_SLO_SETTINGS } from "./objectives.ts";

const pairs = (windowHours: number) =>
  burnPairs({ ...DEFAULT_SLO_SETTINGS, windowHours }).map(
    ({ long, short, factor, severity }) => `${long}/${short} ${factor} ${severity}`,
  );

test("thirty days have four pairs, of which the fastest is critical", () => {
  expect(pairs(720)).toEqual([
    "1h/5m 14.4 critical",
    "6h/30m 6 warn",
    "1d/2h 3 warn",
    "3d/6h 1 warn",
  ]);
});

test.each([
  [168, 4],
  [167, 2],
  [24, 2],
  [6, 2],
  [5, 1],
  [1, 1],
])("%i hours have %i pairs", (windowHours, count) => {
  expect(pairs(windowHours)).toHaveLength(count);
});

test("the two thresholds are used as given", () => {
  const settings = { ...DEFAULT_SLO_SETTINGS, burnRateCritical: 20, burnRateWarning: 2 };
  expect(burnPairs(settings).map(({ factor }) => factor)).toEqual([20, 2, 3, 1]);
});

test("only windows that are needed are asked for", () => {
  expect(windowsInUse({ ...DEFAULT_SLO_SETTINGS, windowHours: 24 })).toEqual([
    "5m",
    "30m",
    "1h",
    "6h",
  ]);
});
