import { expect, test } from "vitest";
import { atLeast, atMost, below, never } from "./judge.ts";

test("a limit itself still meets a ratio's aim", () => {
  expect(atLeast(3, "rate", 3).verdict).toBe("met");
  expect(atLeast(3, "rate", 2.99).verdict).toBe("missed");
  expect(atMost(1.2, "cost", 1.2).verdict).toBe("met");
  expect(atMost(1.2, "cost", 1.21).verdict).toBe("missed");
});

test("a time has to stay below its limit", () => {
  expect(below(10, "p50", 10).verdict).toBe("missed");
  expect(below(10, "p50", 9.9).verdict).toBe("met");
});

test("what was not measured is neither met nor missed", () => {
  expect(atLeast(3, "rate", undefined).verdict).toBe("not measured");
  expect(atMost(2, "cost", Number.NaN)).toMatchObject({ measured: "-", verdict: "not measured" });
});

test("once is too often for what should never happen", () => {
  expect(never("lost", 0).verdict).toBe("met");
  expect(never("lost", 1)).toMatchObject({ measured: "1 times", verdict: "missed" });
});
