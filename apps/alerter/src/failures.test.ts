import { expect, test } from "vitest";
import { retryDelayMs } from "./failures.ts";

test.each([
  [1, 500, 1000],
  [3, 2000, 4000],
  [20, 15_000, 30_000],
])("after %i failures an event waits between %i and %i ms", (failures, least, most) => {
  expect(retryDelayMs(failures, () => 0)).toBe(least);
  expect(retryDelayMs(failures, () => 1)).toBe(most);
});
