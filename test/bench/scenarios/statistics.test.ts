import { expect, test } from "vitest";
import { percentiles, summarise, trendOf } from "./statistics.ts";

test("the median of an even number of rounds lies between the middle two", () => {
  expect(summarise([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(summarise([5, 1, 3])?.median).toBe(3);
  expect(summarise([])).toBeUndefined();
});

test("a percentile is a value that was seen", () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);

  expect(percentiles(values)).toEqual({ p50: 100, p90: 180, p99: 198, max: 200 });
  expect(percentiles([7])).toEqual({ p50: 7, p90: 7, p99: 7, max: 7 });
  expect(percentiles([])).toBeUndefined();
});

test("points on a line have its slope and no error", () => {
  const points = [0, 1, 2, 3].map((x) => ({ x, y: 10 - 2 * x }));

  expect(trendOf(points)).toEqual({ slope: -2, error: 0 });
});

test("points that scatter around a level have a slope within its error", () => {
  const points = [0, 1, 2, 3, 4, 5].map((x) => ({ x, y: 100 + (x % 2) }));
  const trend = trendOf(points);

  expect(Math.abs(trend?.slope ?? 9)).toBeLessThan(2 * (trend?.error ?? 0));
});

test("too few points, and points above each other, have no trend", () => {
  expect(trendOf([1, 2].map((x) => ({ x, y: x })))).toBeUndefined();
  expect(trendOf([1, 2, 3].map((y) => ({ x: 1, y })))).toBeUndefined();
});
