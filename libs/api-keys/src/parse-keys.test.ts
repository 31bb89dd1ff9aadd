import { describe, expect, test } from "vitest";
import { ApiKeyError, parseAdminKeys, parseIngestKeys } from "./parse-keys.ts";

const S1 = "0123456789abcdef";
const S2 = "fedcba9876543210";

describe("parseIngestKeys", () => {
  test("reads entries separated by commas and lines, past comments and blanks", () => {
    const text = `# senders\nrouter:${S1} ,\r\n\n  poller.1@site-2:${S2},`;
    expect(parseIngestKeys(text)).toEqual([
      { name: "router", secret: S1 },
      { name: "poller.1@site-2", secret: S2 },
    ]);
  });

  test("leaves colons to the secret", () => {
    expect(parseIngestKeys(`a:x:y:${S1}`)).toEqual([{ name: "a", secret: `x:y:${S1}` }]);
  });

  test.each([
    ["", "no key: expected name:secret"],
    ["# nothing\n,", "no key"],
    [S1, "key 1: expected name:secret"],
    [`a:${S1},:${S2}`, "key 2: its name must be"],
    [`two words:${S1}`, "key 1: its name must be"],
    [`a:${S1.slice(1)}`, "key 1 (a): its secret has 15 characters, it needs 16 to 512"],
    [`a:${"x".repeat(513)}`, "key 1 (a): its secret has 513 characters"],
    [`a:${S1} ${S1}`, "key 1 (a): its secret must be printable ASCII"],
    [`a:${S1}é`, "key 1 (a): its secret must be printable ASCII"],
    [`a:${S1},a:${S2}`, "two keys are named a"],
    [`a:${S1},b:${S1}`, "a and b have the same secret"],
  ])("refuses %j and says why", (text, message) => {
    expect(() => parseIngestKeys(text)).toThrow(ApiKeyError);
    expect(() => parseIngestKeys(text)).toThrow(message);
  });
});

describe("parseAdminKeys", () => {
  test("reads name, role and secret", () => {
    expect(parseAdminKeys(`ann:admin:${S1},tv:viewer:a:${S2}`)).toEqual([
      { name: "ann", role: "admin", secret: S1 },
      { name: "tv", role: "viewer", secret: `a:${S2}` },
    ]);
  });

  test.each([`ann:${S1}`, `ann:root:${S1}`, `ann:Admin:${S1}`, `ann:${S1}:admin`])(
    "refuses %s without repeating what may be a secret",
    (text) => {
      const attempt = () => parseAdminKeys(text);
      expect(attempt).toThrow(
        "key 1: expected name:role:secret with the role viewer, operator, admin",
      );
      expect(attempt).not.toThrow(S1);
    },
  );
});
