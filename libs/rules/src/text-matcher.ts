import type { Severity } from "@mutt/event";
import { createAutomaton } from "./automaton.ts";
import { createExpression, type Expression } from "./expression.ts";
import { foldCase, hasSurrogates } from "./fold-case.ts";
import { type AnyOf, shortestLength } from "./literal-sets.ts";
import type { Needle } from "./outputs.ts";
import { findRequiredLiterals, type RequiredLiterals } from "./required-literals.ts";

/** A text to match, and the rule it stands for. */
export interface TextRule {
  /** The place of the rule in the order of matching. */
  readonly rank: number;
  readonly text: string;
  /** True when the text is an RE2 pattern, false when it is found as it is. */
  readonly isPattern: boolean;
  /** The least severe severity that the rule applies to. */
  readonly severity: Severity;
}

/** The texts and patterns of many rules, searched together. */
export interface TextMatcher {
  /** Finds the lowest rank, below `bound`, of a rule that matches the message and applies to the severity; `bound` when there is none. */
  find(message: string, severity: Severity, bound: number): number;
}

/** Beyond this many characters a longer text hardly filters better. */
const LONG_ENOUGH = 12;

/**
 * Prepares texts and patterns for matching, ignoring case.
 *
 * One pass of an automaton over the message finds every plain text, and for each pattern a text
 * that all its matches contain. A pattern is searched only when its text occurs and its rule comes
 * before the best one found so far; the few patterns that demand no text, such as `\d+`, are
 * searched whenever their rank could win. So the cost depends on the message, hardly on the number
 * of rules, and is linear in the length of the message.
 */
export function createTextMatcher(rules: readonly TextRule[]): TextMatcher {
  const { needles, expressions, unfiltered } = plan(rules);
  const automaton = createAutomaton(needles);
  // The automaton folds code units; case beyond the Basic Multilingual Plane needs whole characters.
  const foldsPairs = needles.some((needle) => hasSurrogates(needle.text));
  const candidates: number[] = [];

  return {
    find(message, severity, bound) {
      candidates.length = 0;
      const text = foldsPairs && hasSurrogates(message) ? foldCase(message) : message;
      const settled = automaton.scan(text, severity, bound, candidates);
      for (const { rank, severity: least } of unfiltered) {
        if (rank >= settled) break;
        if (least >= severity) candidates.push(rank);
      }
      return candidates.length === 0 ? settled : searchCandidates(message, settled);
    },
  };

  function searchCandidates(message: string, settled: number): number {
    const folded = foldCase(message);
    candidates.sort((a, b) => a - b);
    let previous = -1;
    for (const rank of candidates) {
      if (rank >= settled) break;
      if (rank !== previous && expressions.get(rank)?.matches(message, folded)) return rank;
      previous = rank;
    }
    return settled;
  }
}

interface Plan {
  needles: Needle[];
  /** By rank. */
  expressions: Map<number, Expression>;
  /** The rules whose patterns demand no text, by rising rank. */
  unfiltered: TextRule[];
}

function plan(rules: readonly TextRule[]): Plan {
  const planned: Plan = { needles: [], expressions: new Map(), unfiltered: [] };
  const patterns: { rule: TextRule; required: RequiredLiterals }[] = [];
  for (const rule of rules) {
    const required = rule.isPattern
      ? findRequiredLiterals(rule.text)
      : { clauses: [[foldCase(rule.text)]], sufficient: true };
    if (required.sufficient) addNeedles(rule, required.clauses[0] ?? [], true);
    else patterns.push({ rule, required });
  }
  const usage = countTexts(patterns.flatMap(({ required }) => required.clauses));
  for (const { rule, required } of patterns) {
    const filter = required.clauses.toSorted((a, b) => merit(b, usage) - merit(a, usage))[0];
    if (filter === undefined) planned.unfiltered.push(rule);
    else addNeedles(rule, filter, false);
    const others = required.clauses.filter((clause) => clause !== filter);
    planned.expressions.set(rule.rank, createExpression(rule.text, others));
  }
  planned.unfiltered.sort((a, b) => a.rank - b.rank);
  return planned;

  function addNeedles({ rank, severity }: TextRule, texts: AnyOf, settles: boolean): void {
    for (const text of texts) planned.needles.push({ text, rank, severity, settles });
  }
}

function countTexts(clauses: readonly AnyOf[]): Map<string, number> {
  const usage = new Map<string, number>();
  for (const text of clauses.flat()) usage.set(text, (usage.get(text) ?? 0) + 1);
  return usage;
}

/** How well a clause filters: long texts are rare in messages, and texts that few rules ask for tell rules apart. */
function merit(clause: AnyOf, usage: ReadonlyMap<string, number>): number {
  const commonest = Math.max(...clause.map((text) => usage.get(text) ?? 1));
  return Math.min(shortestLength(clause), LONG_ENOUGH) - 2 * Math.log2(commonest);
}
