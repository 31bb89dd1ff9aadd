import { describe, expect, test } from "vitest";
import { NOW_MS, placed, secondsAgo } from "./dead-letter.test-support.ts";
import {
  type CanaryState,
  type PlacedEntry,
  type SelectionContext,
  selectAutomatic,
} from "./select.ts";

const CONTEXT: SelectionContext = {
  settings: { maxPoisonRetries: 3, maxAgeMs: 86_400_000, intervalMs: 10_000 },
  most: 100,
  isQuarantined: () => false,
  canaryOf: () => undefined,
  nowMs: NOW_MS,
};

function pick(entries: PlacedEntry[], context: Partial<SelectionContext> = {}) {
  const selection = selectAutomatic(entries, { ...CONTEXT, ...context });
  const ids = (list: PlacedEntry[]) => list.map(({ id }) => id);
  return {
    replay: ids(selection.replay),
    canaries: ids(selection.canaries),
    bury: ids(selection.bury),
  };
}

describe("the order", () => {
  test("is by severity first, the most severe at the front", () => {
    const entries = ([5, 0, 7, 3] as const).map((severity) =>
      placed({ alert_id: `s${severity}`, severity }),
    );
    expect(pick(entries).replay).toEqual(["s0", "s3", "s5", "s7"]);
  });

  test("is the oldest first inside a kind of failure", () => {
    const entries = [30, 90, 60].map((age) =>
      placed({ alert_id: `${age}s`, last_failed_at: secondsAgo(age) }),
    );
    expect(pick(entries).replay).toEqual(["90s", "60s", "30s"]);
  });

  test("takes turns between kinds, so that a large one does not hold up a small one", () => {
    const large = Array.from({ length: 50 }, (_, index) =>
      placed({ alert_id: `large${index}`, last_failed_at: secondsAgo(500 - index) }),
    );
    const small = placed({ alert_id: "small", fingerprint: "00000000000000bb" });
    expect(pick([...large, small], { most: 3 }).replay).toEqual(["large0", "small", "large1"]);
  });

  test("does not depend on the queue that an entry stands in", () => {
    const entries = [
      placed({ alert_id: "forwarder", severity: 6 }),
      placed({ alert_id: "alerter", severity: 1, class: "capacity" }, "dlq-alerter"),
    ];
    expect(pick(entries).replay).toEqual(["alerter", "forwarder"]);
  });
});

describe("how many", () => {
  const entries = Array.from({ length: 10 }, (_, index) => placed({ alert_id: `e${index}` }));

  test("is at most what is allowed", () => {
    expect(pick(entries, { most: 4 }).replay).toHaveLength(4);
  });

  test.each([0, -1, -3])("is none when %d are allowed: more may wait than may go", (most) => {
    const lost = placed({ alert_id: "lost", class: "worker_lost" });
    const unknown = placed({ alert_id: "unknown", class: "unknown" });
    expect(pick([...entries, lost, unknown], { most })).toEqual({
      replay: [],
      canaries: [],
      bury: [],
    });
  });
});

test("entries at and over the cap are buried, also when nothing may be replayed", () => {
  const entries = [0, 1, 2, 3, 4].map((replays) =>
    placed({ alert_id: `r${replays}`, replays, last_failed_at: secondsAgo(3600) }),
  );
  expect(pick(entries)).toMatchObject({ replay: ["r0", "r1", "r2"], bury: ["r3", "r4"] });
  expect(pick(entries, { most: 0 })).toMatchObject({ replay: [], bury: ["r3", "r4"] });
});

test("permanent failures are never picked", () => {
  expect(pick([placed({ class: "permanent" })])).toEqual({ replay: [], canaries: [], bury: [] });
});

test("what an operator has put aside is not replayed; the cap still holds for it", () => {
  const entries = [
    placed({ alert_id: "aside" }),
    placed({ alert_id: "poison", replays: 3 }),
    placed({ alert_id: "other", fingerprint: "00000000000000bb" }),
  ];
  const isQuarantined = (fingerprint: string) => fingerprint === "00000000000000aa";
  expect(pick(entries, { isQuarantined })).toEqual({
    replay: ["other"],
    canaries: [],
    bury: ["poison"],
  });
});

describe("failures of an unknown kind", () => {
  const entries = Array.from({ length: 5 }, (_, index) =>
    placed({ alert_id: `u${index}`, class: "unknown", last_failed_at: secondsAgo(100 - index) }),
  );
  const other = placed({ alert_id: "v0", class: "unknown", fingerprint: "00000000000000bb" });

  test("send one ahead for each kind", () => {
    expect(pick([...entries, other])).toEqual({
      replay: ["u0", "v0"],
      canaries: ["u0", "v0"],
      bury: [],
    });
  });

  test.each<[CanaryState, number]>([
    ["pending", 0],
    ["failed", 0],
    ["delivered", 5],
  ])("while the one that went ahead is %s, %d of the rest go", (state, count) => {
    const picked = pick(entries, { canaryOf: () => state });
    expect(picked.replay).toHaveLength(count);
    expect(picked.canaries).toEqual([]);
  });

  test("count as having gone ahead only when they really go", () => {
    const severe = placed({ alert_id: "severe", severity: 0 });
    expect(pick([...entries, severe], { most: 1 })).toMatchObject({
      replay: ["severe"],
      canaries: [],
    });
  });
});

describe("what has lost a worker", () => {
  const lost = ["l0", "l1"].map((id) => placed({ alert_id: id, class: "worker_lost" }));

  test("goes one at a time", () => {
    expect(pick(lost).replay).toEqual(["l0"]);
  });

  test("does not go together with anything else", () => {
    expect(pick([...lost, placed({ alert_id: "other" })]).replay).toEqual(["other"]);
  });
});
