import { describe, expect, test } from "vitest";
import { comeBackLater, Refusal } from "./refusal.ts";

describe("Refusal", () => {
  test("carries what its answer is made of", () => {
    const more = { headers: { Allow: "POST" }, extensions: { field: "hostname" } };
    const refusal = new Refusal(400, "bad_request", "hostname is missing", more);
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal).toMatchObject({
      status: 400,
      reason: "bad_request",
      message: "hostname is missing",
      ...more,
    });
  });

  test("needs neither headers nor extensions", () => {
    expect(new Refusal(415, "unsupported_media_type", "send JSON")).toMatchObject({
      headers: {},
      extensions: {},
    });
  });
});

describe("comeBackLater", () => {
  test.each([
    [0, "1"],
    [1, "1"],
    [1000, "1"],
    [1001, "2"],
    [59_999, "60"],
  ])("tells %i ms as Retry-After: %s", (waitMs, seconds) => {
    const refusal = comeBackLater(429, "rate_limited", "too many", waitMs);
    expect(refusal.headers).toEqual({ "Retry-After": seconds });
  });

  test("adds members to the problem document", () => {
    const refusal = comeBackLater(503, "queue_full", "full", 5000, { queue_depth: 7 });
    expect(refusal).toMatchObject({ status: 503, extensions: { queue_depth: 7 } });
  });
});
