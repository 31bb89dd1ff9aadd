import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { FOLDED_CODE_UNITS, foldCase } from "./fold-case.ts";

/** Every character that shares what it folds to with another, in groups. */
function caseGroups(): string[][] {
  const groups = new Map<string, string[]>();
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const folded = foldCase(character);
    if (folded !== character) groups.set(folded, [...(groups.get(folded) ?? [folded]), character]);
  }
  return [...groups.values()];
}

/** An expression for the first characters of some groups: it should match all their members and no other character. */
function anyOf(groups: readonly string[][]): RE2JS {
  const first = groups.map(([character = ""]) => `\\x{${character.codePointAt(0)?.toString(16)}}`);
  return RE2JS.compile(`[${first.join("")}]`, RE2JS.CASE_INSENSITIVE);
}

describe("foldCase", () => {
  test.each([
    ["LINK-3-UPDOWN", "link-3-updown"],
    ["Größe", "größe"],
    ["ΣΑΣ", "σασ"],
    ["warningſ \u212a", "warnings k"],
    ["ẞ", "ß"],
    ["\u{10400}", "\u{10428}"],
  ])("folds %s to %s", (text, folded) => {
    expect(foldCase(text)).toBe(folded);
  });

  test.each(["ß", "İ", "ŉ", "ı", "ﬃ"])("keeps the length of %s", (character) => {
    expect(foldCase(character)).toHaveLength(character.length);
    expect(foldCase(`${character}x`)).not.toBe(foldCase(`${character.toUpperCase()}y`));
  });

  test("holds equal exactly what RE2 holds equal when it ignores case, over all of Unicode", {
    timeout: 30_000,
  }, () => {
    const groups = caseGroups();
    expect(groups.length).toBeGreaterThan(1000);
    // One group at a time would take long. Groups that share a batch by their first number do not by their second.
    const batches = [
      ...Map.groupBy(groups, (_, i) => i % 40).values(),
      ...Map.groupBy(groups, (_, i) => Math.floor(i / 40)).values(),
    ];
    for (const batch of batches) {
      const expression = anyOf(batch);
      const members = new Set(batch.flat());
      const others = groups.flat().filter((character) => !members.has(character));
      expect(expression.test(others.join(""))).toBe(false);
      expect([...members].filter((character) => !expression.test(character))).toEqual([]);
    }
  });

  test("folds code units as it folds characters", () => {
    const differing = Array.from(FOLDED_CODE_UNITS, (folded, unit) => ({ folded, unit })).filter(
      ({ folded, unit }) => foldCase(String.fromCharCode(unit)) !== String.fromCharCode(folded),
    );
    expect(differing).toEqual([]);
  });
});
