import { expect, test } from "vitest";
import { toStartLimit } from "./rate-limit.ts";

/** The most starts that any stretch of one period can see: windows follow each other without a gap. */
function worstCase(limit: number, periodSeconds: number): number {
  const { max, durationMs } = toStartLimit(limit, periodSeconds);
  return max * (Math.floor((periodSeconds * 1000 - 1) / durationMs) + 1);
}

test("cuts 50 a second into 2 in 42 ms", () => {
  expect(toStartLimit(50, 1)).toEqual({ max: 2, durationMs: 42 });
});

test.each([10, 25, 50, 53, 100, 333, 1000, 9999])(
  "never lets more than %i start within a second, wherever it begins",
  (limit) => {
    expect(worstCase(limit, 1)).toBeLessThanOrEqual(limit);
  },
);

test.each([10, 50, 100, 997, 100_000])("keeps at least nine tenths of %i a minute", (limit) => {
  const { max, durationMs } = toStartLimit(limit, 60);
  expect((max * 60_000) / durationMs).toBeGreaterThanOrEqual(limit * 0.85);
  expect(worstCase(limit, 60)).toBeLessThanOrEqual(limit);
});

test.each([1, 2, 5, 9])("keeps the rate of %i a second, whose windows are few", (limit) => {
  const { max, durationMs } = toStartLimit(limit, 1);
  expect(max).toBe(1);
  expect(durationMs).toBe(Math.ceil(1000 / limit));
});

test("0 lifts the limit but leaves one in place, without which pauses would not be looked at", () => {
  expect(toStartLimit(0, 1).max).toBeGreaterThan(1_000_000);
});
