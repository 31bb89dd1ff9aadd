import { expect, test } from "vitest";
import {
  formatAvailability,
  formatBurn,
  formatDuration,
  formatPlural,
  formatSpan,
} from "./format.ts";

test.each([
  [1, "100 %"],
  [0.999, "99.90 %"],
  [0.99999, "99.999 %"],
  [0.9999999, "99.99999 %"],
  [0.5, "50.00 %"],
  [0, "0.00 %"],
  [null, "–"],
])("an availability of %s reads %s: failures are never rounded away", (ratio, text) => {
  expect(formatAvailability(ratio)).toBe(text);
});

test.each([
  [0, "0 s"],
  [59.6, "1 min"],
  [90, "1 min 30 s"],
  [3_600, "1 h"],
  [7_260, "2 h 1 min"],
  [50_400, "14 h"],
  [100_000, "1 d 3 h"],
  [null, "–"],
])("a duration of %s s reads %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, "0.0×"],
  [0.42, "0.4×"],
  [14.4, "14×"],
  [1234.5, "1,235×"],
  [null, "–"],
])("a burn rate of %s reads %s", (rate, text) => {
  expect(formatBurn(rate)).toBe(text);
});

test("a span on an axis has one unit", () => {
  expect([0, 15, 90, 5_400, 604_800].map(formatSpan)).toEqual([
    "0 s",
    "15 s",
    "1.5 min",
    "1.5 h",
    "7 d",
  ]);
});

test("one is not many", () => {
  expect([formatPlural(1, "entry", "entries"), formatPlural(1200, "entry", "entries")]).toEqual([
    "1 entry",
    "1,200 entries",
  ]);
});
