import { expect, test } from "vitest";
import { createScale, tightScale } from "./scale.ts";

test("a linear axis begins at 0 and ends at a round value at or above the highest", () => {
  const { at, ticks } = createScale("linear", [37, 81]);

  expect(ticks).toEqual([0, 50, 100]);
  expect([at(0), at(50), at(100)]).toEqual([0, 0.5, 1]);
});

test("a linear axis goes below 0 where values do", () => {
  const { at, ticks } = createScale("linear", [-4, 4]);

  expect(ticks).toEqual([-4, -2, 0, 2, 4]);
  expect(at(-4)).toBe(0);
});

test("a linear axis of nothing but zeros can be drawn", () => {
  expect(createScale("linear", [0, 0]).at(0)).toBe(0);
  expect(createScale("linear", []).ticks.length).toBeGreaterThan(1);
});

test("a tight axis ends at the highest value and has no tick beyond", () => {
  const { at, ticks } = tightScale([0, 21.5]);

  expect(at(21.5)).toBe(1);
  expect(ticks).toEqual([0, 10, 20]);
});

test("a logarithmic axis runs between powers of ten and gives each the same room", () => {
  const { at, ticks } = createScale("log", [3, 700]);

  expect(ticks).toEqual([1, 10, 100, 1000]);
  expect(at(10)).toBeCloseTo(1 / 3);
  expect(at(1000)).toBe(1);
});

test("a logarithmic axis puts what has no logarithm at its low end", () => {
  expect(createScale("log", [0, 5]).at(0)).toBe(0);
  expect(createScale("log", []).ticks).toEqual([1, 10]);
});
