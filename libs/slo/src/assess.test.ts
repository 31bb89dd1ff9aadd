import { describe, expect, test } from "vitest";
import { assess, worstState } from "./assess.ts";
import { WINDOWS, type WindowName } from "./burn-pairs.ts";
import { DEFAULT_SLO_SETTINGS } from "./objectives.ts";
import type { SloReading, UnknownReason, WindowCounts } from "./reading.ts";

const TARGET = 0.99;

/** Counts of 1000 events of which a share burns `burn` times the budget of 0.01. */
const burning = (burn: number, more: Partial<WindowCounts> = {}): WindowCounts => ({
  total: 1000,
  bad: burn * 10,
  coverage: 1,
  ...more,
});

/** All windows burn at 0.5, save those that are given. */
function read(
  windows: Partial<Record<WindowName, WindowCounts>> = {},
  period: WindowCounts = burning(0.5),
): SloReading {
  const calm = Object.fromEntries(WINDOWS.map((window) => [window, burning(0.5)]));
  return { kind: "counts", windows: { ...calm, ...windows }, period, ageSeconds: 5 };
}

const judge = (reading: SloReading, windowHours = 720) =>
  assess(reading, TARGET, { ...DEFAULT_SLO_SETTINGS, windowHours });

const empty: WindowCounts = { total: null, bad: null, coverage: 0 };
const silent: WindowCounts = { total: 0, bad: 0, coverage: 1 };

describe("a state that cannot be told is unknown", () => {
  const reasons: UnknownReason[] = [
    "prometheus_unavailable",
    "query_error",
    "bad_value",
    "redis_unavailable",
    "metrics_absent",
  ];
  test.each(reasons)("%s", (reason) => {
    expect(judge({ kind: "none", reason })).toMatchObject({
      state: "unknown",
      reason,
      periodRatio: null,
      remaining: null,
    });
  });

  test.each([
    ["no event in the whole window", silent],
    ["no sample in the whole window", empty],
  ])("%s", (_what, period) => {
    expect(judge(read({}, period))).toMatchObject({ state: "unknown", reason: "no_traffic" });
  });
});

describe("a pair", () => {
  test("that burns in both windows decides by its severity", () => {
    expect(judge(read({ "1h": burning(15), "5m": burning(15) })).state).toBe("critical");
    expect(judge(read({ "6h": burning(7), "30m": burning(7) })).state).toBe("warn");
    expect(judge(read({ "1d": burning(4), "2h": burning(4) })).state).toBe("warn");
    expect(judge(read({ "3d": burning(1.1), "6h": burning(1.1) })).state).toBe("warn");
  });

  test.each([
    ["only in its long window, for it is over", { "1h": burning(50) }],
    ["only in its short window, for it may be nothing", { "5m": burning(50) }],
    ["exactly at its threshold", { "1h": burning(14.4), "5m": burning(14.4) }],
  ])("says nothing when it burns %s", (_where, windows) => {
    expect(judge(read(windows)).state).toBe("ok");
  });

  test("that is critical wins over one that warns", () => {
    const windows = {
      "1h": burning(15),
      "5m": burning(15),
      "6h": burning(7),
      "30m": burning(7),
    };
    expect(judge(read(windows))).toMatchObject({ state: "critical", reason: "burn_rate" });
  });

  test("without traffic in a window is not evaluable, and the rest decides", () => {
    const judged = judge(read({ "5m": silent, "6h": burning(7), "30m": burning(7) }));
    expect(judged.pairs[0]).toMatchObject({ evaluable: false, reason: "no_traffic" });
    expect(judged.state).toBe("warn");
  });

  test("without a sample of what was bad in a window is not evaluable", () => {
    const judged = judge(read({ "1h": { total: 5, bad: null, coverage: 1 } }));
    expect(judged.pairs[0]).toMatchObject({ evaluable: false, reason: "no_traffic" });
  });

  test("of slow windows plays no part in an objective of a day", () => {
    expect(judge(read({ "3d": burning(9), "6h": burning(5) }), 24).state).toBe("ok");
  });

  test("that no failure can breach is said to be so", () => {
    const judged = assess(
      read({ "1h": burning(90), "5m": burning(90) }),
      0.9,
      DEFAULT_SLO_SETTINGS,
    );
    expect(judged.pairs[0]).toMatchObject({ evaluable: false, reason: "pair_unreachable" });
    expect(judged.pairs[1]).toMatchObject({ evaluable: true });
  });
});

describe("a short history", () => {
  const covered = (burn: number, coverage: number) => burning(burn, { coverage });

  test("of half a window is enough", () => {
    const judged = judge(read({ "1h": covered(15, 0.5), "5m": burning(15) }));
    expect(judged.state).toBe("critical");
  });

  test("of less leaves a pair open, where the missing part could have been good", () => {
    const judged = judge(read({ "3d": covered(10, 0.03), "6h": covered(10, 0.33) }));
    expect(judged.pairs[3]).toMatchObject({ evaluable: false, reason: "insufficient_history" });
    expect(judged.state).toBe("ok");
  });

  test("shows a failure that is certain all the same", () => {
    // Ten minutes of nothing but errors: a sixth of the hour at 100 times the budget.
    const judged = judge(read({ "1h": covered(100, 1 / 6), "5m": burning(100) }));
    expect(judged.pairs[0]).toMatchObject({ evaluable: true, breached: true });
    expect(judged.state).toBe("critical");
  });

  test("that is unknown counts as none", () => {
    const judged = judge(read({ "1h": burning(15, { coverage: null }), "5m": burning(15) }));
    expect(judged.pairs[0]).toMatchObject({ evaluable: false, reason: "insufficient_history" });
  });

  test("is flagged, and its used-up budget is no ground to warn", () => {
    const judged = judge(read({}, covered(3, 0.1)));
    expect(judged).toMatchObject({
      state: "ok",
      insufficientHistory: true,
      budgetExhausted: false,
    });
    expect(judged.remaining).toBeCloseTo(-2);
  });
});

describe("few events", () => {
  const few = (total: number) => ({ total, bad: total, coverage: 1 });

  test("of which all are bad warn at most", () => {
    const judged = judge(read({ "1h": few(9), "5m": few(9) }));
    expect(judged).toMatchObject({ state: "warn", reason: "burn_rate", lowTraffic: true });
  });

  test("are enough at ten", () => {
    const judged = judge(read({ "1h": few(10), "5m": few(1) }));
    expect(judged).toMatchObject({ state: "critical", lowTraffic: false });
  });
});

describe("the budget", () => {
  test("used up warns, with half of the window or more measured", () => {
    expect(judge(read({}, burning(1, { coverage: 0.5 })))).toMatchObject({
      state: "warn",
      reason: "budget_exhausted",
      budgetExhausted: true,
    });
  });

  test("just not used up is ok", () => {
    expect(judge(read({}, burning(0.99))).state).toBe("ok");
  });

  test("used up does not hide what burns", () => {
    const judged = judge(read({ "1h": burning(15), "5m": burning(15) }, burning(2)));
    expect(judged).toMatchObject({ state: "critical", reason: "burn_rate", budgetExhausted: true });
  });
});

test("all is well with traffic and no error", () => {
  const good = burning(0);
  const windows = Object.fromEntries(WINDOWS.map((window) => [window, good]));
  expect(judge(read(windows, good))).toMatchObject({
    state: "ok",
    reason: null,
    periodRatio: 0,
    remaining: 1,
  });
});

test("the worst state of all is a known failure, then what is unknown", () => {
  expect(worstState(["ok", "unknown", "warn", "critical"])).toBe("critical");
  expect(worstState(["ok", "unknown", "warn"])).toBe("warn");
  expect(worstState(["ok", "unknown"])).toBe("unknown");
  expect(worstState(["ok", "ok"])).toBe("ok");
  expect(worstState([])).toBe("unknown");
});
