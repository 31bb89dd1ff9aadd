import type { IngestedEvent } from "@mutt/event";
import { expect, test } from "vitest";
import {
  boundHistory,
  createDeadLetter,
  type FailedAttempt,
  fingerprintOf,
} from "./dead-letter.ts";
import { giveUpOnLostJob } from "./lost-job.ts";

const EVENT: IngestedEvent = {
  id: "id-1",
  correlation_id: "c",
  hostname: "h",
  message: "m",
  severity: 3,
  timestamp: "2026-11-24T06:00:00.000Z",
  received_at: "2026-11-24T06:00:00.000Z",
};

const attempt = (number: number): FailedAttempt => ({
  at: `2026-11-24T06:00:${String(number % 60).padStart(2, "0")}.000Z`,
  attempt: number,
  replay: 0,
  worker: "w",
  version: "v",
  error: `e${number}`,
});

test("a dead letter knows the first and the last failure", () => {
  const entry = createDeadLetter(
    { origin_queue: "ingest", payload: EVENT },
    {
      class: "unknown",
      reason: "retries_exhausted",
      error: "boom",
      replays: 2,
      history: [attempt(1), attempt(2)],
      at: "2026-11-24T06:00:02.000Z",
    },
  );
  expect(entry).toMatchObject({
    alert_id: "id-1",
    replays: 2,
    first_failed_at: "2026-11-24T06:00:01.000Z",
    last_failed_at: "2026-11-24T06:00:02.000Z",
  });
  expect(entry).not.toHaveProperty("history_dropped");
});

test("errors that differ only in their variable parts are one kind; another class is another", () => {
  const one = fingerprintOf("transient_downstream", "connect ECONNREFUSED 10.0.0.1:8080");
  expect(fingerprintOf("transient_downstream", "connect ECONNREFUSED 10.0.0.2:9090")).toBe(one);
  expect(fingerprintOf("unknown", "connect ECONNREFUSED 10.0.0.1:8080")).not.toBe(one);
  expect(one).toMatch(/^[0-9a-f]{16}$/);
});

test("a long history keeps its first attempt and the newest, and says how many went", () => {
  const { kept, dropped } = boundHistory(
    Array.from({ length: 60 }, (_, index) => attempt(index + 1)),
  );
  expect(kept).toHaveLength(50);
  expect(dropped).toBe(10);
  expect([kept[0]?.attempt, kept[1]?.attempt, kept.at(-1)?.attempt]).toEqual([1, 12, 60]);
});

test.each([
  ["job stalled more than allowable limit", "worker_lost", "stalled"],
  ["TypeError: x", "unknown", "job_failed"],
])("a job that failed with '%s' is of class %s", (failedReason, deadLetterClass, reason) => {
  const giveUp = giveUpOnLostJob({
    failedReason,
    finishedAt: Date.UTC(2026, 10, 24),
    failures: [attempt(1)],
    replays: 0,
    worker: "w",
    version: "v",
  });
  expect(giveUp).toMatchObject({ class: deadLetterClass, reason, at: "2026-11-24T00:00:00.000Z" });
  expect(giveUp.history).toHaveLength(2);
});
