import { expect, test } from "vitest";
import { deferMs, retryAfterMs } from "./waits.ts";

const SETTINGS = { sleepMs: 250, maxMs: 60_000 };

test.each([
  [0, 0, 125],
  [0, 1, 375],
  [1, 0.5, 500],
  [4, 0.5, 4000],
  [20, 1, 60_000],
  [20, 0, 20_000],
  [10_000, 1, 60_000],
])("defer number %d with chance %d waits %d ms", (defers, chance, expected) => {
  expect(deferMs(defers, SETTINGS, chance)).toBe(expected);
});

test("a wait is never 0 and never beyond the maximum", () => {
  expect(deferMs(0, { sleepMs: 1, maxMs: 1 }, 0)).toBe(1);
  expect(deferMs(0, { sleepMs: 100_000, maxMs: 1000 }, 1)).toBe(1000);
});

test.each([
  [{ depth: 2400, exitDepth: 1400, drainRate: 50 }, 0.5, 20_000],
  [{ depth: 2400, exitDepth: 1400, drainRate: 50 }, 0, 16_000],
  [{ depth: 1000, exitDepth: 1400, drainRate: 50 }, 0.5, 1000],
  [{ depth: 2400, exitDepth: 1400, drainRate: 0 }, 0.5, 300_000],
  [{ depth: 9e9, exitDepth: 1400, drainRate: 1 }, 1, 300_000],
])("senders are told to come back when the queue has drained: %j", (overload, chance, expected) => {
  expect(retryAfterMs(overload, chance)).toBe(expected);
});
