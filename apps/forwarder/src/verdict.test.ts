import { describe, expect, test } from "vitest";
import { judge, parseRetryAfter } from "./verdict.ts";

const NOW = new Date("2026-11-24T06:00:00Z");

function judged(status: number, retryAfter?: string) {
  return judge(
    { kind: "response", status, excerpt: "", ...(retryAfter === undefined ? {} : { retryAfter }) },
    NOW,
  );
}

describe("judge", () => {
  test.each([200, 201, 202, 204, 299])("takes a %i as delivered", (status) => {
    expect(judged(status)).toEqual({ kind: "delivered" });
  });

  test.each([
    [429, undefined, undefined],
    [429, "3", 3000],
    [503, "120", 120_000],
    [503, "Tue, 24 Nov 2026 06:00:30 GMT", 30_000],
  ])("waits as told by a %i with Retry-After %s", (status, retryAfter, waitMs) => {
    const verdict = judged(status, retryAfter);
    expect(verdict).toMatchObject({ kind: "wait", reason: "rate_limited" });
    expect(verdict.kind === "wait" ? verdict.waitMs : "none").toBe(waitMs);
  });

  test.each([
    [500, "server_error"],
    [502, "server_error"],
    [503, "server_error"],
    [504, "server_error"],
    [599, "server_error"],
    [408, "timeout"],
    [425, "timeout"],
  ])("tries again after a %i", (status, reason) => {
    expect(judged(status)).toMatchObject({ kind: "retry", reason });
  });

  test.each([400, 413, 422])("looks for the culprit after a %i", (status) => {
    expect(judged(status)).toMatchObject({ kind: "rejected", reason: "rejected" });
  });

  test.each([
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, "client_error"],
    [405, "client_error"],
    [410, "client_error"],
    [301, "redirect"],
    [307, "redirect"],
  ])("blames the destination's set-up for a %i", (status, reason) => {
    expect(judged(status)).toMatchObject({ kind: "misconfigured", reason });
  });

  test.each([
    ["ENOTFOUND", "misconfigured", "dns"],
    ["EAI_AGAIN", "misconfigured", "dns"],
    ["CERT_HAS_EXPIRED", "misconfigured", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "misconfigured", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "misconfigured", "tls"],
    ["ECONNREFUSED", "retry", "unreachable"],
    ["UND_ERR_CONNECT_TIMEOUT", "retry", "unreachable"],
    ["UND_ERR_HEADERS_TIMEOUT", "retry", "timeout"],
    ["TimeoutError", "retry", "timeout"],
    ["ECONNRESET", "retry", "network"],
    ["UND_ERR_SOCKET", "retry", "network"],
    ["SOMETHING_NEW", "retry", "network"],
  ])("takes the error %s as %s", (code, kind, reason) => {
    expect(judge({ kind: "error", code, message: "m" }, NOW)).toMatchObject({ kind, reason });
  });

  test("gives back what was broken off by us", () => {
    expect(judge({ kind: "aborted" }, NOW)).toEqual({ kind: "give_back" });
  });
});

test.each([
  ["5", 5000],
  [" 0 ", 0],
  ["Tue, 24 Nov 2026 06:01:00 GMT", 60_000],
  ["Tue, 24 Nov 2026 05:00:00 GMT", 0],
  ["soon", undefined],
  ["-3", undefined],
  [undefined, undefined],
])("reads Retry-After %s", (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});
