import type { Severity } from "@mutt/event";
import { explainRules, type MatchedEvent, type RuleVerdict } from "./explain.ts";
import { createOidTrie } from "./oid-trie.ts";
import { type Rule, RuleSchema } from "./rule.ts";
import { type RuleProblem, ruleProblems } from "./rule-problems.ts";
import { createTextMatcher, type TextRule } from "./text-matcher.ts";

/** Rules made ready for matching; immutable. */
export interface RuleSet {
  /** How many rules can match: the active ones. */
  readonly size: number;
  /** The first rule, by priority and then id, that matches the event. */
  match(event: MatchedEvent): Rule | undefined;
  /** Says of every rule, in the order of matching, whether it matches the event and why; slow, for people. */
  explain(event: MatchedEvent): RuleVerdict[];
}

/** A problem of one rule of a set; id and name as far as they can be read. */
export interface RuleSetProblem extends RuleProblem {
  id: number | undefined;
  name: string | undefined;
}

/** Some rules of a set cannot be used; nothing of the set is. */
export class RuleSetError extends Error {
  override readonly name = "RuleSetError";
  readonly problems: readonly RuleSetProblem[];

  constructor(problems: readonly RuleSetProblem[]) {
    super(`${problems.length} problem(s) in the rules:\n${problems.map(describe).join("\n")}`);
    this.problems = problems;
  }
}

/** The severity of a rule that gives none: it applies to all. */
const ANY_SEVERITY: Severity = 7;

/**
 * Checks rules and makes them ready for matching. Throws RuleSetError with every problem of every
 * rule, active or not: a set is taken as a whole, no rule is skipped. Matching an event costs about
 * the same for ten rules and for ten thousand; see `createTextMatcher`.
 */
export function compileRules(rules: readonly Rule[]): RuleSet {
  const ordered = checkRules(rules).sort((a, b) => a.priority - b.priority || a.id - b.id);
  const active = ordered.filter((rule) => rule.is_active);
  const oids = createOidTrie();
  const texts: TextRule[] = [];
  for (const [rank, rule] of active.entries()) {
    const severity = (rule.syslog_severity ?? ANY_SEVERITY) as Severity;
    const { trap_oid, match_string: text } = rule;
    if (trap_oid !== undefined) oids.add(trap_oid, rank, severity);
    if (text !== undefined)
      texts.push({ rank, text, severity, isPattern: rule.match_type === "regex" });
  }
  const matcher = createTextMatcher(texts);
  return {
    size: active.length,
    match({ message, severity, trap_oid }) {
      const none = active.length;
      const byOid = trap_oid === undefined ? none : oids.find(trap_oid, severity, none);
      return active[matcher.find(message, severity, byOid)];
    },
    explain: (event) => explainRules(ordered, event),
  };
}

/** Returns the rules in normal form, or throws all that is wrong with them. */
function checkRules(rules: readonly Rule[]): Rule[] {
  const problems: RuleSetProblem[] = [];
  const checked: Rule[] = [];
  const seen = new Set<number>();
  for (const rule of rules) {
    const parsed = RuleSchema.safeParse(rule);
    const { id, name } = identify(rule);
    if (!parsed.success) {
      problems.push(...ruleProblems(parsed.error).map((problem) => ({ id, name, ...problem })));
    } else {
      checked.push(parsed.data);
    }
    if (id !== undefined && seen.has(id)) {
      problems.push({
        id,
        name,
        field: "id",
        detail: "is the id of an earlier rule too; ids must be unique",
      });
    }
    if (id !== undefined) seen.add(id);
  }
  if (problems.length > 0) throw new RuleSetError(problems);
  return checked;
}

/** Reads what identifies a rule, also from one that is not valid. */
function identify(rule: unknown): { id: number | undefined; name: string | undefined } {
  const { id, name } = (rule ?? {}) as { id?: unknown; name?: unknown };
  return {
    id: typeof id === "number" ? id : undefined,
    name: typeof name === "string" ? name : undefined,
  };
}

function describe({ id, name, field, detail }: RuleSetProblem): string {
  const rule = `rule ${id ?? "without id"}${name === undefined ? "" : ` (${name})`}`;
  return `${rule}: ${field === "" ? "" : `${field} `}${detail}`;
}
