import { describe, expect, test } from "vitest";
import type { Overload, OverloadSettings, OverloadState, Reading } from "./overload.ts";
import { LEAST_SHARE, RECOVERY_MS, stepOverload } from "./step.ts";

const SETTINGS: OverloadSettings = {
  warn: 1000,
  shed: 2000,
  maxAgeSeconds: 600,
  mode: "dlq",
  policy: "progressive",
};

const reading = (fields: Partial<Reading> = {}): Reading => ({
  at: 100_000,
  depth: 0,
  oldestAgeSeconds: 0,
  drained: 0,
  ...fields,
});

/** An overload that has been in a state since a moment. */
const inState = (state: OverloadState, fields: Partial<Overload> = {}): Overload => ({
  ...stepOverload(undefined, reading({ at: 90_000 }), SETTINGS),
  state,
  since: 90_000,
  ...fields,
});

const EDGES: [OverloadState, number, OverloadState][] = [
  ["normal", 0, "normal"],
  ["normal", 999, "normal"],
  ["normal", 1000, "warn"],
  ["normal", 1999, "warn"],
  ["normal", 2000, "shed"],
  ["warn", 1999, "warn"],
  ["warn", 801, "warn"],
  ["warn", 800, "normal"],
  ["warn", 2000, "shed"],
  ["shed", 2000, "shed"],
  ["shed", 1401, "shed"],
  ["shed", 1400, "recovering"],
  ["shed", 0, "recovering"],
];

test.each(EDGES)("%s at a depth of %d becomes %s", (from, depth, to) => {
  expect(stepOverload(inState(from), reading({ depth }), SETTINGS).state).toBe(to);
});

test("without a state before it begins with normal", () => {
  expect(stepOverload(undefined, reading({ depth: 999 }), SETTINGS).state).toBe("normal");
  expect(stepOverload(undefined, reading({ depth: 2000 }), SETTINGS).state).toBe("shed");
});

describe("recovering", () => {
  const before = inState("recovering");

  test.each([
    ["lasts until its time is over", RECOVERY_MS - 1, 0, "recovering"],
    ["goes on to normal when its time is over", RECOVERY_MS, 999, "normal"],
    ["goes on to warn when much still waits", RECOVERY_MS, 1000, "warn"],
    ["goes back to shed at once", 1, 2000, "shed"],
  ] as const)("%s", (_name, afterMs, depth, to) => {
    const after = stepOverload(before, reading({ at: before.since + afterMs, depth }), SETTINGS);
    expect(after.state).toBe(to);
  });

  test("sheds less and less", () => {
    const shareAt = (afterMs: number) =>
      stepOverload(before, reading({ at: before.since + afterMs }), SETTINGS).share;
    expect(shareAt(0)).toBe(LEAST_SHARE);
    expect(shareAt(RECOVERY_MS / 2)).toBeCloseTo(LEAST_SHARE / 2);
    expect(shareAt(RECOVERY_MS)).toBe(0);
  });
});

describe("the age of the oldest job", () => {
  test.each([
    ["normal", 599, "normal"],
    ["normal", 600, "shed"],
    ["warn", 600, "shed"],
    ["shed", 421, "shed"],
    ["shed", 420, "recovering"],
  ] as const)("%s at %d s becomes %s", (from, oldestAgeSeconds, to) => {
    const depth = from === "warn" ? 900 : 10;
    const after = stepOverload(inState(from), reading({ depth, oldestAgeSeconds }), SETTINGS);
    expect(after.state).toBe(to);
  });

  test("does not count when its limit is 0", () => {
    const settings = { ...SETTINGS, maxAgeSeconds: 0 };
    const old = reading({ depth: 10, oldestAgeSeconds: 1e6 });
    expect(stepOverload(inState("normal"), old, settings).state).toBe("normal");
    expect(stepOverload(inState("shed"), old, settings).state).toBe("recovering");
  });
});

test.each([
  ["warn", 1000, 2],
  ["shed", 2000, 2],
])(
  "a depth that swings 10 %% about the %s threshold makes at most %3$d changes in ten minutes",
  (_name, threshold, most) => {
    let overload: Overload | undefined;
    let changes = 0;
    for (let second = 0; second < 600; second++) {
      const depth = Math.round(threshold * (1 + 0.1 * Math.sin(second / 3)));
      const next = stepOverload(overload, reading({ at: second * 1000, depth }), SETTINGS);
      if (next.state !== (overload?.state ?? "normal")) changes++;
      overload = next;
    }
    expect(changes).toBeLessThanOrEqual(most);
    expect(changes).toBeGreaterThanOrEqual(1);
  },
);

test("the moment at which a state was entered stays while the state does", () => {
  const entered = stepOverload(undefined, reading({ at: 1000, depth: 1000 }), SETTINGS);
  const later = stepOverload(entered, reading({ at: 5000, depth: 1500 }), SETTINGS);
  expect([entered.since, later.since]).toEqual([1000, 1000]);
});

describe("the share that is shed", () => {
  const shareAt = (depth: number, fields: Partial<OverloadSettings> = {}) =>
    stepOverload(inState("shed"), reading({ depth }), { ...SETTINGS, ...fields }).share;

  test("grows with the depth, from a tenth at the threshold to all at twice the threshold", () => {
    expect([1500, 2000, 2200, 3000, 3999, 4000, 9000].map((depth) => shareAt(depth))).toEqual([
      LEAST_SHARE,
      LEAST_SHARE,
      expect.closeTo(0.1),
      0.5,
      expect.closeTo(0.9995),
      1,
      1,
    ]);
  });

  test("grows with the age as well", () => {
    const old = reading({ depth: 10, oldestAgeSeconds: 900 });
    expect(stepOverload(inState("shed"), old, SETTINGS).share).toBe(0.5);
  });

  test("is everything under the strict policy, and nothing once it recovers", () => {
    expect(shareAt(2000, { policy: "strict" })).toBe(1);
    expect(shareAt(1401, { policy: "strict" })).toBe(1);
    expect(shareAt(1400, { policy: "strict" })).toBe(0);
  });

  test("is nothing in normal and in warn", () => {
    const shares = [10, 1500].map(
      (depth) => stepOverload(inState("normal"), reading({ depth }), SETTINGS).share,
    );
    expect(shares).toEqual([0, 0]);
  });
});

describe("the drain rate", () => {
  test("comes near the true rate within half a minute, whatever the spacing of the readings", () => {
    let overload: Overload | undefined;
    let at = 0;
    for (let index = 0; at < 30_000; index++) {
      at += index % 2 ? 250 : 700;
      overload = stepOverload(overload, reading({ at, drained: at / 20 }), SETTINGS);
    }
    expect(overload?.drainRate).toBeGreaterThan(47);
    expect(overload?.drainRate).toBeLessThanOrEqual(50);
  });

  test("takes a counter that began anew for no progress, and the same instant for no reading", () => {
    const before = inState("normal", { at: 90_000, drained: 500, drainRate: 50 });
    const lost = stepOverload(before, reading({ at: 91_000, drained: 3 }), SETTINGS);
    expect(lost.drainRate).toBeLessThan(50);
    const same = stepOverload(before, reading({ at: 90_000, drained: 900 }), SETTINGS);
    expect(same.drainRate).toBe(50);
  });
});
