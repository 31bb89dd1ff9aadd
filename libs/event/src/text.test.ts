import { describe, expect, test } from "vitest";
import { cleanText, cutText } from "./text.ts";

describe("cleanText", () => {
  test.each([
    ["leaves ordinary text alone", "link down", "link down"],
    ["leaves surrogate pairs alone", "fan \u{1F525} failed", "fan \u{1F525} failed"],
    ["replaces every NUL", "a\0b\0", "a\uFFFDb\uFFFD"],
    ["replaces a lone high surrogate", "a\uD83Db", "a\uFFFDb"],
    ["replaces a lone low surrogate", "\uDD25", "\uFFFD"],
    ["keeps other control characters", "a\tb\nc\u001b", "a\tb\nc\u001b"],
  ])("%s", (_sentence, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });
});

describe("cutText", () => {
  test.each([
    ["leaves a text of exactly the limit", "abcd", 4, "abcd"],
    ["cuts a longer one to the limit", "abcde", 4, "abcd"],
    ["keeps a surrogate pair that ends at the limit", "ab\u{1F525}c", 4, "ab\u{1F525}"],
    ["drops a surrogate pair that the limit would halve", "abc\u{1F525}", 4, "abc"],
  ])("%s", (_sentence, text, limit, expected) => {
    expect(cutText(text, limit)).toBe(expected);
  });
});
