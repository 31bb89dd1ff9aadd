import type { DeadLetter, DeadLetterOrigin } from "@mutt/dead-letter";
import { describe, expect, test } from "vitest";
import { deadLetter, NOW_MS, secondsAgo } from "./dead-letter.test-support.ts";
import { DeadLetterFilter, eventOf, isNarrow, matchesFilter, severityOf } from "./filter.ts";

const ENTRY = deadLetter({
  severity: 2,
  hostname: "Core-1.example.net",
  replays: 1,
  last_failed_at: secondsAgo(100),
});

const matches = (filter: DeadLetterFilter) =>
  matchesFilter({ queue: "dlq-forwarder", entry: ENTRY }, filter, NOW_MS);

test.each<[DeadLetterFilter, boolean]>([
  [{}, true],
  [{ queue: "dlq-forwarder" }, true],
  [{ queue: "dlq-alerter" }, false],
  [{ class: "transient_downstream" }, true],
  [{ class: "capacity" }, false],
  [{ reason: "retries_exhausted" }, true],
  [{ reason: "shed" }, false],
  [{ fingerprint: "00000000000000aa" }, true],
  [{ fingerprint: "00000000000000bb" }, false],
  [{ severity: 2 }, true],
  [{ severity: 0 }, false],
  [{ host: "core-1.EXAMPLE.net" }, true],
  [{ host: "core-1" }, false],
  [{ min_age_seconds: 100 }, true],
  [{ min_age_seconds: 101 }, false],
  [{ max_age_seconds: 100 }, true],
  [{ max_age_seconds: 99 }, false],
  [{ replays_min: 1 }, true],
  [{ replays_min: 2 }, false],
  [{ replays_max: 1 }, true],
  [{ replays_max: 0 }, false],
  [{ class: "transient_downstream", severity: 3 }, false],
])("%j matches: %s", (filter, isMatch) => {
  expect(matches(filter)).toBe(isMatch);
});

test("the event of an entry is found in what the alerter and what the forwarder left", () => {
  const event = eventOf(ENTRY);
  const origin = {
    origin_queue: "alert",
    payload: { external_id: "a1", custom_info: { event } },
  } as DeadLetterOrigin;
  const fromForwarder = { ...ENTRY, ...origin } as DeadLetter;
  expect(eventOf(fromForwarder)).toEqual(event);
  expect(severityOf(fromForwarder)).toBe(2);
});

test("a filter that names a queue alone is not narrow", () => {
  expect(isNarrow({})).toBe(false);
  expect(isNarrow({ queue: "dlq-alerter" })).toBe(false);
  expect(isNarrow({ queue: "dlq-alerter", severity: 0 })).toBe(true);
});

describe("a filter that somebody typed", () => {
  test("may give numbers as text, as a query string does", () => {
    expect(DeadLetterFilter.parse({ severity: "0", min_age_seconds: "60" })).toEqual({
      severity: 0,
      min_age_seconds: 60,
    });
  });

  test.each([
    { severity: 8 },
    { severity: "high" },
    { class: "transient" },
    { queue: "alert" },
    { fingerprint: "xyz" },
    { min_age_seconds: -1 },
    { hots: "typo" },
  ])("%j is refused", (given) => {
    expect(DeadLetterFilter.safeParse(given).success).toBe(false);
  });
});
