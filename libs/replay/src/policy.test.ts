import type { DeadLetter } from "@mutt/dead-letter";
import { describe, expect, test } from "vitest";
import { deadLetter, NOW_MS, secondsAgo } from "./dead-letter.test-support.ts";
import { countReplay, decideAutomatic, isPoison, roundsOf } from "./policy.ts";

const SETTINGS = { maxPoisonRetries: 3, maxAgeMs: 86_400_000, intervalMs: 10_000 };

const decide = (given: Parameters<typeof deadLetter>[0]) =>
  decideAutomatic(deadLetter(given), SETTINGS, NOW_MS);

describe("what is done with an entry without an operator", () => {
  test.each<[DeadLetter["class"], string]>([
    ["transient_downstream", "replay"],
    ["throttled", "replay"],
    ["capacity", "replay"],
    ["worker_lost", "alone"],
    ["unknown", "canary"],
    ["permanent", "leave"],
  ])("a first failure of class %s: %s", (kind, decision) => {
    expect(decide({ class: kind }).kind).toBe(decision);
  });

  test("a permanent failure is left alone however young it is", () => {
    expect(decide({ class: "permanent", last_failed_at: secondsAgo(1) })).toEqual({
      kind: "leave",
      reason: "permanent",
    });
  });

  test.each([
    [2, "replay"],
    [3, "bury"],
    [7, "bury"],
  ])("with a cap of 3, %d replays behind it: %s", (replays, decision) => {
    expect(decide({ replays, last_failed_at: secondsAgo(3600) }).kind).toBe(decision);
  });

  test("an entry over the cap is buried, too old or not", () => {
    expect(decide({ replays: 3, last_failed_at: secondsAgo(10 * 86_400) }).kind).toBe("bury");
  });

  test("a cap of 0 replays nothing that would spend it", () => {
    const settings = { ...SETTINGS, maxPoisonRetries: 0 };
    expect(decideAutomatic(deadLetter(), settings, NOW_MS).kind).toBe("bury");
    const shed = deadLetter({ class: "capacity" });
    expect(decideAutomatic(shed, settings, NOW_MS).kind).toBe("replay");
  });

  test.each(["capacity", "throttled"] as const)(
    "an entry of class %s goes on however often it was replayed for free",
    (kind) => {
      expect(decide({ class: kind, free_replays: 500 }).kind).toBe("replay");
    },
  );

  test("what has lost a worker twice waits for an operator", () => {
    expect(decide({ class: "worker_lost", replays: 1, last_failed_at: secondsAgo(600) })).toEqual({
      kind: "leave",
      reason: "lost_again",
    });
  });

  test.each([
    [86_400, "replay"],
    [86_401, "leave"],
  ])("with a maximum age of a day, after %d s: %s", (age, decision) => {
    expect(decide({ last_failed_at: secondsAgo(age) }).kind).toBe(decision);
  });
});

describe("the wait before the next replay", () => {
  test.each([
    [0, 0, "replay"],
    [1, 9, "wait"],
    [1, 10, "replay"],
    [2, 29, "wait"],
    [2, 30, "replay"],
  ])("after %d replays and %d s: %s", (replays, age, decision) => {
    expect(decide({ replays, last_failed_at: secondsAgo(age) }).kind).toBe(decision);
  });

  test("there is none for what was shed", () => {
    const shed = { class: "capacity", replays: 2, free_replays: 9 } as const;
    expect(decide({ ...shed, last_failed_at: secondsAgo(0) }).kind).toBe("replay");
  });
});

describe("the counts of a replay", () => {
  test.each([
    ["transient_downstream", { replays: 1 }, { replays: 2 }],
    ["unknown", { replays: 0, free_replays: 4 }, { replays: 1, free_replays: 4 }],
    ["capacity", { replays: 2 }, { replays: 2, free_replays: 1 }],
    ["throttled", { replays: 0, free_replays: 3 }, { replays: 0, free_replays: 4 }],
  ] as const)("of class %s, %j become %j", (kind, before, after) => {
    expect(countReplay({ class: kind, ...before })).toEqual(after);
  });

  test("each replay is another round, so that no two share the id of a job", () => {
    const entry = deadLetter({ class: "capacity", replays: 2, free_replays: 1 });
    const next = countReplay(entry);
    expect(roundsOf({ ...entry, ...next })).toBe(roundsOf(entry) + 1);
  });
});

test("only what spends the budget can be poison", () => {
  const cap = { maxPoisonRetries: 3 };
  expect(isPoison({ class: "transient_downstream", replays: 3 }, cap)).toBe(true);
  expect(isPoison({ class: "transient_downstream", replays: 2 }, cap)).toBe(false);
});
