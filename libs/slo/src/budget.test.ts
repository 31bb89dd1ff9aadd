import { describe, expect, test } from "vitest";
import {
  budgetRemaining,
  burnRate,
  errorBudget,
  errorRatio,
  secondsToExhaustion,
  shorten,
} from "./budget.ts";

const counts = (total: number | null, bad: number | null) => ({ total, bad, coverage: 1 });

test("the budget is what the target leaves, without the noise of the arithmetic", () => {
  expect([0.999, 0.995, 0.99, 0.9].map(errorBudget)).toEqual([0.001, 0.005, 0.01, 0.1]);
});

describe("the error ratio", () => {
  test.each([
    ["is bad by total", 1000, 25, 0.025],
    ["is 0 where nothing was bad", 1000, 0, 0],
    ["is 1 where all was bad", 3, 3, 1],
    ["stays within 1 where extrapolation overshot", 10, 10.4, 1],
    ["stays within 0 where extrapolation undershot", 10, -0.2, 0],
    ["is unknown without traffic", 0, 0, null],
    ["is unknown without a sample", null, null, null],
    ["is unknown without a sample of what was bad", 10, null, null],
  ])("%s", (_sentence, total, bad, expected) => {
    expect(errorRatio(counts(total, bad))).toBe(expected);
  });
});

test("burn is 1 where errors use exactly the budget", () => {
  expect(burnRate(0.005, 0.005)).toBe(1);
  expect(burnRate(0.072, 0.005)).toBeCloseTo(14.4);
  expect(burnRate(null, 0.005)).toBeNull();
});

test("what is left of the budget goes below 0 once it is used up", () => {
  expect(budgetRemaining(0, 0.01)).toBe(1);
  expect(budgetRemaining(0.0025, 0.01)).toBe(0.75);
  expect(budgetRemaining(0.03, 0.01)).toBeCloseTo(-2);
});

test.each([
  ["half of 30 days' budget at a burn of 10 lasts 1.5 days", 0.5, 10, 129_600],
  ["nothing burns", 0.5, 0, null],
  ["nothing is known", 0.5, null, null],
  ["nothing is left", 0, 10, null],
])("time to exhaustion: %s", (_sentence, remaining, burn, expected) => {
  expect(secondsToExhaustion({ remaining, burn, windowHours: 720 })).toBe(expected);
});

test("numbers are cut to six digits, and what JSON cannot hold becomes null", () => {
  expect(shorten(1 / 3)).toBe(0.333333);
  expect(shorten(123_456_789)).toBe(123_457_000);
  expect(Object.is(shorten(-0), 0)).toBe(true);
  expect([Number.NaN, Number.POSITIVE_INFINITY, null].map(shorten)).toEqual([null, null, null]);
});
