import { describe, expect, test } from "vitest";
import { readTimestamp } from "./timestamp.ts";

const RECEIVED = Date.parse("2025-11-24T06:01:05.000Z");

function read(value: unknown, receivedAt = "2025-11-24T06:01:05.000Z"): string | undefined {
  return readTimestamp(value, Date.parse(receivedAt));
}

describe("readTimestamp", () => {
  test.each([
    ["2025-11-24T06:01:02Z", "2025-11-24T06:01:02.000Z"],
    ["2025-11-24T06:01:02.1Z", "2025-11-24T06:01:02.100Z"],
    ["2025-11-24T06:01:02.123Z", "2025-11-24T06:01:02.123Z"],
    ["2025-11-24T06:01:02.9999999Z", "2025-11-24T06:01:02.999Z"],
    ["2025-11-24t06:01:02.5z", "2025-11-24T06:01:02.500Z"],
    ["2025-11-24 06:01:02,123", "2025-11-24T06:01:02.123Z"],
    ["2025/11/24 06:01:02", "2025-11-24T06:01:02.000Z"],
    ["2025-11-24T06:01:02", "2025-11-24T06:01:02.000Z"],
    ["2025-11-24 06:01:02.123 UTC", "2025-11-24T06:01:02.123Z"],
    [" 2025-11-24T06:01:02Z\n", "2025-11-24T06:01:02.000Z"],
    ["2025-11-24T06:01:02.25+00:00", "2025-11-24T06:01:02.250Z"],
    ["2025-11-24T06:01:02-00:00", "2025-11-24T06:01:02.000Z"],
    ["2025-11-24T06:01:02.25+05:30", "2025-11-24T00:31:02.250Z"],
    ["2025-11-24T23:01:02-0800", "2025-11-25T07:01:02.000Z"],
    ["2025-01-01 00:30:00 +01", "2024-12-31T23:30:00.000Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
    ["0050-06-01T12:00:00+01:00", "0050-06-01T11:00:00.000Z"],
  ])("reads %s", (given, expected) => {
    expect(read(given)).toBe(expected);
  });

  test.each([
    ["Nov 24 06:01:02", "2025-11-24T06:01:02.000Z"],
    ["Nov  4 06:01:02", "2025-11-04T06:01:02.000Z"],
    ["Nov 4 06:01:02", "2025-11-04T06:01:02.000Z"],
    ["nov 24 06:01:02.1234567", "2025-11-24T06:01:02.123Z"],
    ["*Nov 24 06:01:02.123", "2025-11-24T06:01:02.123Z"],
    ["Nov 24 06:01:02 UTC", "2025-11-24T06:01:02.000Z"],
    ["Nov 24 2024 06:01:02:", "2024-11-24T06:01:02.000Z"],
    ["2024 Nov 24 06:01:02", "2024-11-24T06:01:02.000Z"],
    ["Sun Nov 24 06:01:02 2024", "2024-11-24T06:01:02.000Z"],
    ["Sun Nov 24 06:01:02 UTC 2024", "2024-11-24T06:01:02.000Z"],
  ])("reads the RFC 3164 stamp %s", (given, expected) => {
    expect(read(given)).toBe(expected);
  });

  test.each([
    ["Dec 31 23:59:58", "2026-01-01T00:00:03Z", "2025-12-31T23:59:58.000Z"],
    ["Jan  1 00:00:01", "2025-12-31T23:59:59Z", "2026-01-01T00:00:01.000Z"],
    ["Jun  1 00:00:00", "2025-11-24T00:00:00Z", "2025-06-01T00:00:00.000Z"],
    ["May  1 00:00:00", "2025-11-24T00:00:00Z", "2026-05-01T00:00:00.000Z"],
    ["Feb 29 12:00:00", "2024-03-01T00:00:00Z", "2024-02-29T12:00:00.000Z"],
    ["Feb 29 12:00:00", "2025-11-24T00:00:00Z", "2024-02-29T12:00:00.000Z"],
    ["Feb 29 12:00:00", "2027-11-24T00:00:00Z", "2028-02-29T12:00:00.000Z"],
    ["Feb 29 12:00:00", "2100-06-01T00:00:00Z", "2104-02-29T12:00:00.000Z"],
  ])("puts %s, received at %s, into the nearest year", (given, receivedAt, expected) => {
    expect(read(given, receivedAt)).toBe(expected);
  });

  test.each([
    [0, "1970-01-01T00:00:00.000Z"],
    [1_763_964_062, "2025-11-24T06:01:02.000Z"],
    [1_763_964_062.5, "2025-11-24T06:01:02.500Z"],
    [1_763_964_062_123, "2025-11-24T06:01:02.123Z"],
    [1_763_964_062_123_456, "2025-11-24T06:01:02.123Z"],
    [1.7639640621235e18, "2025-11-24T06:01:02.123Z"],
    ["1763964062", "2025-11-24T06:01:02.000Z"],
    ["1763964062.25", "2025-11-24T06:01:02.250Z"],
    ["1763964062123", "2025-11-24T06:01:02.123Z"],
  ])("reads the epoch time %s", (given, expected) => {
    expect(read(given)).toBe(expected);
  });

  test.each([
    ["a date that does not exist", "2025-02-30T00:00:00Z"],
    ["a leap day of a common year", "1900-02-29T00:00:00Z"],
    ["month 13", "2025-13-01T00:00:00Z"],
    ["day 0", "2025-01-00T00:00:00Z"],
    ["hour 24", "2025-01-01T24:00:00Z"],
    ["minute 60", "2025-01-01T00:60:00Z"],
    ["second 61", "2025-01-01T00:00:61Z"],
    ["an offset no clock has", "2025-01-01T00:00:00+24:00"],
    ["a year of five digits", "10000-01-01T00:00:00Z"],
    ["a time that its offset moves past the year 9999", "9999-12-31T23:59:59-01:00"],
    ["a time that its offset moves before the year 0", "0000-01-01T00:00:00+01:00"],
    ["a year beyond what a Date can show", "+275761-01-01T00:00:00Z"],
    ["a date alone", "2025-11-24"],
    ["an RFC 3164 stamp with an unknown month", "Foo 24 06:01:02"],
    ["an RFC 3164 stamp with an impossible day", "Nov 31 06:01:02"],
    ["an RFC 3164 stamp with hour 24", "Nov 24 24:00:00"],
    ["an RFC 3164 stamp with another zone", "Nov 24 06:01:02 CET"],
    ["digits that are a date, not an epoch", "20251124060102"],
    ["a word", "yesterday"],
    ["empty text", ""],
    ["a negative number", -1],
    ["a number beyond the year 9999", 1e300],
    ["infinity", Number.POSITIVE_INFINITY],
    ["null", null],
    ["a list", []],
    ["an object", {}],
    ["a boolean", true],
  ])("does not read %s", (_sentence, given) => {
    expect(readTimestamp(given, RECEIVED)).toBeUndefined();
  });

  test("agrees with Date on every day of eight years", () => {
    for (let ms = Date.UTC(2019, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 86_400_000) {
      const iso = new Date(ms).toISOString();
      expect(read(iso)).toBe(iso);
    }
  });

  test("takes any number of fraction digits", () => {
    expect(read(`2025-11-24T06:01:02.${"7".repeat(500)}Z`)).toBe("2025-11-24T06:01:02.777Z");
  });

  test("takes a long text that is no time in its stride", () => {
    expect(read(`2025-11-24T06:01:02.${"1".repeat(1_000_000)}x`)).toBeUndefined();
  });
});
