import { describe, expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";

describe("compilePattern", () => {
  test("ignores case and searches anywhere in the text", () => {
    expect(compilePattern("link-(up|down)").test("%LINK-UP: port 3")).toBe(true);
  });

  test("matches nested quantifiers in linear time", () => {
    const expression = compilePattern("(a+)+$");
    const start = process.cpuUsage();
    expect(expression.test(`${"a".repeat(8191)}!`)).toBe(false);
    // A backtracking engine would need longer than the universe has existed.
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });

  test.each([
    ["(?=up)", "lookaheads and lookbehinds ((?=)"],
    ["(?!up)", "lookaheads and lookbehinds"],
    ["(?<=up)x", "lookaheads and lookbehinds"],
    ["(?<!up)x", "lookaheads and lookbehinds"],
    ["(a)\\1", "backreferences (\\1)"],
    ["(?<n>a)\\k<n>", "backreferences"],
    ["(?>a)b", "atomic groups"],
    ["a++b", "possessive quantifiers"],
  ])("refuses %s and names the construct", (pattern, construct) => {
    expect(() => compilePattern(pattern)).toThrow(construct);
  });

  test.each([
    ["(", "missing closing )"],
    ["[a", "missing closing ] at [a"],
    ["a**", "at **"],
    ["a{1001}", "invalid repeat count"],
  ])("refuses %s and says what is wrong", (pattern, reason) => {
    expect(() => compilePattern(pattern)).toThrow(reason);
  });

  test("refuses a pattern that would be expensive on every message, with its size", () => {
    expect(() => compilePattern("(.{0,900}a){0,1}b|x{900}")).toThrow("too expensive");
  });

  test("quotes only the start of a long pattern", () => {
    const message = describeError(() => compilePattern(`(${"x".repeat(900)}`));
    expect(message.length).toBeLessThan(250);
  });
});

function describeError(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return "";
}
