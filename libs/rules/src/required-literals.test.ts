import { describe, expect, test } from "vitest";
import { foldCase } from "./fold-case.ts";
import { compilePattern, PatternError } from "./pattern.ts";
import { createRandom, type Random } from "./random.test-support.ts";
import { findRequiredLiterals } from "./required-literals.ts";

describe("findRequiredLiterals", () => {
  test.each([
    ["Link down", [["link down"]], true],
    ["LINK-(UP|DOWN)", [["link-up", "link-down"]], true],
    ["timeouts?", [["timeout"]], true],
    ["[Kk]ernel \\[oops\\]", [["kernel [oops]"]], true],
    ["(?i)foo\\x41\\x{e9}", [["fooaé"]], true],
    ["a{,5}b", [["a{,5}b"]], true],
    ["error.*timeout", [["error"], ["timeout"]], false],
    ["^down$", [["down"]], false],
    ["(?-i)Foo", [["foo"]], false],
    ["(?:ab)+c", [["ab"], ["c"]], false],
    ["x{2,}", [["x"]], false],
    ["(foo.*|bar\\d)baz", [["foo", "bar"], ["baz"]], false],
    ["vlan [0-9]+", [["vlan "]], false],
  ])("finds what %s demands", (pattern, clauses, sufficient) => {
    expect(findRequiredLiterals(pattern)).toEqual({ clauses, sufficient });
  });

  test.each([
    "\\d+",
    ".",
    "a*",
    "a|",
    "(a|b*)",
    "()",
    "[^a]",
    "\\pL",
    "\\Qa+\\E",
    "\\123",
    "\\x{d83d}",
  ])("is certain of nothing for %s", (pattern) => {
    expect(findRequiredLiterals(pattern)).toEqual({ clauses: [], sufficient: false });
  });

  test("never demands what a matching text lacks, over random patterns and texts", {
    timeout: 30_000,
  }, () => {
    const random = createRandom(20);
    const wrong: unknown[] = [];
    let matches = 0;
    for (let round = 0; round < 1500; round++) {
      const pattern = randomPattern(random, 3);
      const expression = compileIfValid(pattern);
      if (expression === undefined) continue;
      const { clauses, sufficient } = findRequiredLiterals(pattern);
      for (let i = 0; i < 12; i++) {
        const text = randomText(random);
        const folded = foldCase(text);
        const met = clauses.every((clause) => clause.some((part) => folded.includes(part)));
        const matched = expression.test(text);
        if (matched) matches++;
        if ((matched || sufficient) && met !== matched) wrong.push({ pattern, text, clauses });
      }
    }
    expect(wrong).toEqual([]);
    expect(matches).toBeGreaterThan(2000);
  });
});

function compileIfValid(pattern: string) {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

const ATOMS = [
  ..."abKks1 ",
  "ß",
  "ſ",
  ".",
  "^",
  "$",
  "\\b",
  "\\B",
  "\\A",
  "\\d",
  "\\w",
  "\\s",
  "\\.",
  "\\x61",
  "\\x{212A}",
  "\\n",
  "\\pL",
  "[ab]",
  "[^ab]",
  "[a-k]",
  "[]a]",
  "[a-]",
  "[-b]",
  "[\\dk]",
  "[[:alpha:]]",
  "[Sſ]",
  "(?i)",
  "(?-i)",
  "(?s)",
  "{",
  "}",
  "]",
  "{1",
  "{,2}",
  "\\Qa.\\E",
  "\\061",
];
const QUANTIFIERS = [
  "*",
  "+",
  "?",
  "{2}",
  "{0}",
  "{0,1}",
  "{1,}",
  "{0,2}",
  "{1}",
  "*?",
  "+?",
  "??",
  "{2}?",
];
const GROUPS = ["(", "(?:", "(?P<n>", "(?i:", "(?-i:", "(?s-i:"];

function randomPattern(random: Random, depth: number): string {
  const parts = Array.from({ length: 1 + random.below(4) }, () => {
    const isGroup = depth > 0 && random.below(4) === 0;
    const part = isGroup
      ? `${random.pick(GROUPS)}${randomPattern(random, depth - 1)})`
      : random.pick(ATOMS);
    return random.below(4) === 0 ? part + random.pick(QUANTIFIERS) : part;
  });
  const sequence = parts.join("");
  return random.below(5) === 0 ? `${sequence}|${randomPattern(random, 0)}` : sequence;
}

function randomText(random: Random): string {
  const characters = [..."aabbkKsSſ\u212a1.] -{},ßẞ\n"];
  return Array.from({ length: 1 + random.below(12) }, () => random.pick(characters)).join("");
}
