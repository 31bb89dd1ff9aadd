import type { Severity } from "@mutt/event";
import { describe, expect, test } from "vitest";
import { drawCut } from "./cut.ts";
import { createSieve } from "./sieve.ts";
import { type Candidate, createTraffic } from "./traffic.ts";

const alert = (severity: Severity, source = "host", isProtected = false): Candidate => ({
  severity,
  source,
  isProtected,
});
const page = (severity: Severity, source = "host") => alert(severity, source, true);

const repeat = (count: number, candidate: Candidate) => Array<Candidate>(count).fill(candidate);

function cutFor(candidates: Candidate[], share: number) {
  const traffic = createTraffic();
  traffic.note(candidates, 0);
  return drawCut(traffic.groups(0), share);
}

describe("severity", () => {
  const mixed = ([0, 2, 3, 4, 6] as const).flatMap((severity) => repeat(20, alert(severity)));

  test.each([
    [0, [0, 0, 0, 0, 0], 8],
    [0.1, [0, 0, 0, 0, 0.5], 8],
    [0.2, [0, 0, 0, 0, 1], 6],
    [0.5, [0, 0, 0.5, 1, 1], 4],
    [0.6, [0, 0, 1, 1, 1], 3],
    [1, [1, 1, 1, 1, 1], 0],
  ])("with a share of %d the least severe go first", (share, expected, shedFrom) => {
    const cut = cutFor(mixed, share);
    const shares = ([0, 2, 3, 4, 6] as const).map((severity) => cut.shareOf(alert(severity)));
    expect(shares).toEqual(expected.map((each) => expect.closeTo(each)));
    expect(cut.shedFrom).toBe(shedFrom);
  });

  test("what is severe and pages goes when everything else does", () => {
    const cut = cutFor([...repeat(50, page(0)), ...repeat(50, alert(0))], 0.5);
    expect([cut.shareOf(page(0)), cut.shareOf(alert(0))]).toEqual([0, 0.5]);
    expect(cutFor(repeat(50, page(0)), 0.99).shareOf(page(0))).toBe(0);
    expect(cutFor(repeat(50, page(0)), 1).shareOf(page(0))).toBe(1);
  });

  test("a severity that can page is not told to senders as shed before everything is", () => {
    const cut = cutFor([...repeat(50, alert(6)), ...repeat(50, alert(2))], 0.99);
    expect(cut.shedFrom).toBe(6);
  });

  test("load of a single severity is shed too", () => {
    expect(cutFor(repeat(100, alert(4)), 0.1).shareOf(alert(4))).toBeCloseTo(0.1);
  });

  test("a full share sheds what has not been seen before", () => {
    expect(cutFor([], 1).shareOf(page(0))).toBe(1);
    expect(cutFor([], 0.5).shareOf(alert(7))).toBe(0);
  });
});

describe("fairness inside a severity", () => {
  const from = (source: string, count: number) => repeat(count, alert(4, source));

  test("the source that sends most is shed first; the quiet ones keep what they send", () => {
    const cut = cutFor([...from("loud", 80), ...from("a", 10), ...from("b", 10)], 0.5);
    expect(cut.shareOf(alert(4, "loud"))).toBeCloseTo(50 / 80);
    expect([cut.shareOf(alert(4, "a")), cut.shareOf(alert(4, "b"))]).toEqual([0, 0]);
  });

  test("all come down to one level when the loud one alone is not enough", () => {
    const cut = cutFor([...from("loud", 60), ...from("mid", 30), ...from("low", 10)], 0.7);
    const left = (source: string, weight: number) => weight * (1 - cut.shareOf(alert(4, source)));
    expect([left("loud", 60), left("mid", 30), left("low", 10)]).toEqual([
      expect.closeTo(10),
      expect.closeTo(10),
      expect.closeTo(10),
    ]);
  });

  test("sources beyond the number that is told apart are taken for one", () => {
    const many = Array.from({ length: 2000 }, (_, index) => alert(4, `h${index}`));
    const cut = cutFor(many, 0.5);
    expect(cut.shareOf(alert(4, "h1999"))).toBeGreaterThan(0.5);
    expect(cut.shareOf(alert(4, "h0"))).toBe(0);
  });
});

test("traffic of the past fades", () => {
  const traffic = createTraffic();
  traffic.note(repeat(1000, alert(6)), 0);
  traffic.note(repeat(10, alert(4)), 300_000);
  expect(traffic.groups(300_000).map(({ severity, weight }) => [severity, weight])).toEqual([
    [6, expect.closeTo(0.045, 2)],
    [4, 10],
  ]);
  expect(traffic.groups(900_000)).toEqual([]);
});

test("a sieve sheds exactly the share over any run, and the first one at once", () => {
  const candidates = repeat(1000, alert(4));
  const cut = cutFor(candidates, 0.3);
  const sieve = createSieve();
  const shed = candidates.map((candidate) => sieve.sheds(candidate, cut));
  expect(shed[0]).toBe(true);
  expect(shed.filter(Boolean).length).toBe(301);
  expect(shed.slice(100, 110).filter(Boolean).length).toBe(3);
});
