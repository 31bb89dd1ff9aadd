import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { compileRules } from "./compile.ts";
import type { MatchedEvent } from "./explain.ts";
import { createRandom, type Random } from "./random.test-support.ts";
import type { Rule } from "./rule.ts";

/** Rules tried one by one, in the plainest way: what the compiled set must agree with. */
function createNaiveMatcher(rules: readonly Rule[]) {
  const ordered = rules
    .filter((rule) => rule.is_active)
    .toSorted((a, b) => a.priority - b.priority || a.id - b.id)
    .map((rule) => ({ rule, text: expressionOf(rule) }));
  return ({ message, severity, trap_oid }: MatchedEvent): Rule | undefined =>
    ordered.find(
      ({ rule, text }) =>
        severity <= (rule.syslog_severity ?? 7) &&
        (text?.test(message) === true ||
          (rule.trap_oid !== undefined && `${trap_oid}.`.startsWith(`${rule.trap_oid}.`))),
    )?.rule;
}

function expressionOf({ match_type, match_string }: Rule): RE2JS | undefined {
  if (match_string === undefined) return undefined;
  const pattern = match_type === "regex" ? match_string : RE2JS.quote(match_string);
  return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
}

const WORDS = [
  "link",
  "down",
  "up",
  "LINK-",
  "own",
  "kernel",
  "n",
  "ſtate",
  "İ",
  "k",
  "Σ",
  "🔥",
  "\u{10400}",
];
const PATTERNS = [
  "link.*down",
  "(up|down)",
  "\\bup\\b",
  "^link",
  "down$",
  "k+",
  "\\d+",
  ".",
  "ker(nel|ma)?",
  "[lk]ink-?",
  "state|σ",
  "(?-i)Link",
  "up.{0,3}(link|kernel)",
  "\u{10428}",
  "(a+)+$",
];
const OIDS = ["1", "1.3", "1.3.6", "1.3.61", "1.3.6.1", "1.3.6.1.4", "2.3"];

function randomWords(random: Random, most: number): string {
  const separators = ["", " ", "-"];
  const words = Array.from({ length: 1 + random.below(most) }, () => {
    const word = random.pick(WORDS);
    return random.pick([word, word.toUpperCase(), word.toLowerCase()]);
  });
  return words.join(random.pick(separators));
}

function randomRule(random: Random, id: number): Rule {
  const hasOid = random.below(4) === 0;
  const isPattern = random.below(3) === 0;
  const hasText = !hasOid || random.below(2) === 0;
  return {
    id,
    name: `rule ${id}`,
    match_type: isPattern ? "regex" : hasOid ? "oid_prefix" : "contains",
    ...(hasText
      ? { match_string: isPattern ? random.pick(PATTERNS) : randomWords(random, 2) }
      : {}),
    ...(hasOid ? { trap_oid: random.pick(OIDS) } : {}),
    ...(random.below(2) === 0 ? { syslog_severity: random.below(8) } : {}),
    priority: random.below(4),
    prod_handling: "Page_only",
    dev_handling: "Ignore",
    team_assignment: "NETO",
    is_active: random.below(8) !== 0,
  };
}

function randomEvent(random: Random): MatchedEvent {
  return {
    message: randomWords(random, 6),
    severity: random.below(8) as MatchedEvent["severity"],
    ...(random.below(3) === 0
      ? { trap_oid: `${random.pick(OIDS)}${random.pick(["", ".7", "1"])}` }
      : {}),
  };
}

describe("a compiled rule set", { timeout: 30_000 }, () => {
  test("agrees with rules tried one by one, over random rules and events", () => {
    const random = createRandom(1);
    const wrong: unknown[] = [];
    const winners = new Set<string>();
    for (let round = 0; round < 120; round++) {
      // In random order: the order in which rules are given must not matter.
      const ids = Array.from({ length: 1 + random.below(30) }, (_, i) => 100 - 3 * i);
      const rules = ids.map((id) => randomRule(random, id));
      const compiled = compileRules(rules);
      const naive = createNaiveMatcher(rules);
      const sample = randomEvent(random);
      const explained = compiled.explain(sample).find(({ verdict }) => verdict === "selected");
      if (explained?.rule_id !== naive(sample)?.id) wrong.push({ sample, explained });
      for (let i = 0; i < 50; i++) {
        const event = randomEvent(random);
        const expected = naive(event);
        const found = compiled.match(event);
        winners.add(expected?.match_type ?? "none");
        if (found?.id !== expected?.id) wrong.push({ event, expected, found });
      }
    }
    expect(wrong).toEqual([]);
    expect([...winners].sort()).toEqual(["contains", "none", "oid_prefix", "regex"]);
  });

  test("agrees on thousands of long texts with common beginnings and endings", () => {
    const random = createRandom(2);
    const part = () => Array.from({ length: 5 }, () => random.pick([..."abc1"])).join("");
    const parts = Array.from({ length: 40 }, part);
    const rules = Array.from({ length: 2000 }, (_, i): Rule => {
      const text = Array.from({ length: 6 }, () => random.pick(parts)).join("");
      return {
        ...randomRule(random, i + 1),
        match_type: "contains",
        match_string: text.slice(random.below(5)),
        is_active: true,
      };
    });
    const compiled = compileRules(rules);
    const ordered = rules.toSorted((a, b) => a.priority - b.priority || a.id - b.id);
    let matches = 0;
    for (let i = 0; i < 300; i++) {
      const sources = Array.from({ length: 4 }, () => random.pick(rules).match_string ?? "");
      const message = sources
        .map((text) => text.slice(random.below(4)))
        .join(random.pick(["", "b"]));
      const severity = random.below(8) as MatchedEvent["severity"];
      const expected = ordered.find(
        (rule) =>
          severity <= (rule.syslog_severity ?? 7) && message.includes(rule.match_string ?? "\0"),
      );
      if (expected !== undefined) matches++;
      expect(compiled.match({ message: message.toUpperCase(), severity })?.id).toBe(expected?.id);
    }
    expect(matches).toBeGreaterThan(100);
  });
});
