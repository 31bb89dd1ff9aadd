import { describe, expect, test } from "vitest";
import { isOid, isUnderOid, normaliseOid } from "./oid.ts";

describe("normaliseOid", () => {
  test.each([
    [".1.3.6.1", "1.3.6.1"],
    ["1.3.6.1.*", "1.3.6.1"],
    [" .1.3.6.1. ", "1.3.6.1"],
    ["1.3", "1.3"],
  ])("turns %j into %j", (given, expected) => {
    expect(normaliseOid(given)).toBe(expected);
  });
});

describe("isOid", () => {
  test.each(["1", "0.0", "1.3.6.1.4.1.4294967295", `2${".1".repeat(127)}`])("takes %s", (oid) => {
    expect(isOid(oid)).toBe(true);
  });

  test.each([
    "",
    ".1",
    "3.1",
    "1..3",
    "1.03",
    "1.3.x",
    "1.*.3",
    "linkDown",
    `2${".1".repeat(128)}`,
  ])("refuses %j", (oid) => {
    expect(isOid(oid)).toBe(false);
  });
});

describe("isUnderOid", () => {
  test.each([
    ["1.3.6.9", "1.3.6.9", true],
    ["1.3.6.9.1", "1.3.6.9", true],
    ["1.3.6.99", "1.3.6.9", false],
    ["1.3.6", "1.3.6.9", false],
  ])("says of %s under %s: %s", (oid, prefix, expected) => {
    expect(isUnderOid(oid, prefix)).toBe(expected);
  });
});
