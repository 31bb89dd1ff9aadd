import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

const BOUNDS = { baseMs: 1000, maxMs: 60_000 };

test.each([
  [1, 1000],
  [2, 2000],
  [6, 32_000],
  [7, 60_000],
  [500, 60_000],
])("after %i failures the pause is at most %i ms", (failures, most) => {
  expect(backoffMs(failures, BOUNDS, () => 1)).toBe(most);
  expect(backoffMs(failures, BOUNDS, () => 0.5)).toBe(most / 2);
  expect(backoffMs(failures, BOUNDS, () => 0)).toBe(0);
});
