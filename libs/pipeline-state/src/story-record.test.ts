import { describe, expect, test } from "vitest";
import { decodeStory, encodeStories, laterOf, type StoryRecord } from "./story-record.ts";

const QUEUED: StoryRecord = {
  stage: "queued",
  at: 1_764_000_000_250,
  receivedAt: 1_764_000_000_000,
  ruleId: 12,
  handling: "Page_only",
  environment: "prod",
  jobId: "dabc.1",
};
const DELIVERED: StoryRecord = {
  stage: "delivered",
  at: QUEUED.at + 5,
  receivedAt: QUEUED.receivedAt,
  ruleId: 12,
  attempts: 2,
};

test("what was written is read again, with all its fields and without more", () => {
  const text = encodeStories([
    ["a", QUEUED],
    ["b", DELIVERED],
    ["c", { stage: "unhandled", at: 5, receivedAt: 2, ruleId: null }],
  ]);
  expect(decodeStory(text, "a")).toEqual(QUEUED);
  expect(decodeStory(text, "c")).toEqual({
    stage: "unhandled",
    at: 5,
    receivedAt: 2,
    ruleId: null,
  });
  expect(decodeStory(text, "d")).toBeUndefined();
});

describe("of two notes about an event the later one counts", () => {
  test("in whichever order they lie", () => {
    expect(laterOf(QUEUED, DELIVERED)).toBe(DELIVERED);
    expect(laterOf(DELIVERED, QUEUED)).toBe(DELIVERED);
    expect(laterOf(undefined, QUEUED)).toBe(QUEUED);
  });

  test("and an end is the end, although the clock of who noted it is slow", () => {
    const slow = { ...DELIVERED, at: QUEUED.at - 300 };
    expect(laterOf(slow, QUEUED)).toBe(slow);
  });

  test("unless the event was replayed since", () => {
    const replayed = { ...QUEUED, at: DELIVERED.at + 5000 };
    expect(laterOf(DELIVERED, replayed)).toBe(replayed);
  });

  test("within one text too", () => {
    const text = encodeStories([
      ["a", DELIVERED],
      ["a", QUEUED],
    ]);
    expect(decodeStory(text, "a")?.stage).toBe("delivered");
  });
});
