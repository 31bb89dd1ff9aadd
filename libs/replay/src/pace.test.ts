import { expect, test } from "vitest";
import { type Pace, type ReplayTotals, stepPace } from "./pace.ts";

const MOST = 500;

const totals = (succeeded: number, failed = 0): ReplayTotals => ({
  started: succeeded + failed,
  succeeded,
  failed,
});

const pace = (allowed: number, at: ReplayTotals = totals(0)): Pace => ({ allowed, ...at });

const step = (before: Pace | undefined, now: ReplayTotals, isTried = false) =>
  stepPace(before, now, { isTried, most: MOST }).allowed;

test("after the destination came back: one, three, ten, and then twice as many each time", () => {
  const seen: number[] = [];
  let current = stepPace(undefined, totals(0), { isTried: true, most: MOST });
  for (let delivered = 0; seen.length < 9; ) {
    seen.push(current.allowed);
    delivered += current.allowed;
    current = stepPace(current, totals(delivered), { isTried: false, most: MOST });
  }
  expect(seen).toEqual([1, 3, 10, 20, 40, 80, 160, 320, 500]);
});

test("while nothing is known of what was replayed it stays", () => {
  expect(step(pace(40), totals(0))).toBe(40);
});

test("a destination that is tried starts at one again, whatever it had earned", () => {
  expect(step(pace(320), totals(900), true)).toBe(1);
});

test.each([
  [79, 21, 20],
  [80, 20, 80],
  [0, 1, 20],
])("with %d delivered and %d failed, 40 become %d", (succeeded, failed, allowed) => {
  expect(step(pace(40), totals(succeeded, failed))).toBe(allowed);
});

test("only what happened since the last step counts", () => {
  expect(step(pace(40, totals(1000, 0)), totals(1000, 5))).toBe(20);
  expect(step(pace(40, totals(0, 1000)), totals(40, 1000))).toBe(80);
});

test("a pace that was hardly used does not grow, whatever came through", () => {
  expect(step(pace(40), totals(19))).toBe(40);
  expect(step(pace(40), totals(20))).toBe(80);
});

test("it never falls below one and never rises above the storm cap", () => {
  expect(step(pace(1), totals(0, 1))).toBe(1);
  expect(step(pace(400), totals(400))).toBe(MOST);
  expect(stepPace(pace(400), totals(0), { isTried: false, most: 30 }).allowed).toBe(30);
});

test("totals that were reset do not count backwards", () => {
  expect(step(pace(40, totals(1000, 10)), totals(0))).toBe(40);
});
