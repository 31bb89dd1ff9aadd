import { describe, expect, test } from "vitest";
import { isNestedTooDeep, MAX_NESTING } from "./nesting.ts";

const nest = (open: string, depth: number) => open.repeat(depth);

describe("a text that is nested too deep", () => {
  test.each([
    ["lists", nest("[", MAX_NESTING + 1)],
    ["objects", nest('{"a":', MAX_NESTING + 1)],
    ["both, with texts and numbers between them", nest('[1,"]",{"a}":', MAX_NESTING)],
    ["lists after a text that ends in backslashes", `["\\\\",${nest("[", MAX_NESTING)}`],
  ])("is told: %s", (_, text) => {
    expect(isNestedTooDeep(text)).toBe(true);
  });

  test.each([
    ["as deep as it may be", nest("[", MAX_NESTING) + nest("]", MAX_NESTING)],
    ["lists one after the other", nest("[],", MAX_NESTING)],
    ["brackets in a text", `"${nest("[", MAX_NESTING + 1)}"`],
    ["brackets in a text with escaped quotes", `"${nest('\\"[', MAX_NESTING + 1)}"`],
    ["brackets in a text without an end", `"${nest("[", MAX_NESTING + 1)}`],
  ])("is told from %s", (_, text) => {
    expect(isNestedTooDeep(text)).toBe(false);
  });
});
