import type { IngestedEvent } from "@mutt/event";
import { foldCase } from "./fold-case.ts";
import { isUnderOid } from "./oid.ts";
import { compilePattern } from "./pattern.ts";
import type { Rule } from "./rule.ts";

/** The part of an event that rules look at. */
export type MatchedEvent = Pick<IngestedEvent, "message" | "severity" | "trap_oid">;

/** What became of one rule for one event, and why, in words. */
export interface RuleVerdict {
  rule_id: number;
  rule_name: string;
  priority: number;
  /** `selected` is the first match; `shadowed` matches too, but comes after it. */
  verdict: "selected" | "shadowed" | "no_match" | "inactive";
  reason: string;
}

/**
 * Says of each rule whether it matches the event, and why. Rules must be valid and in the order of
 * matching. Each rule is tried by itself, without the shared automaton: for people and tests.
 */
export function explainRules(rules: readonly Rule[], event: MatchedEvent): RuleVerdict[] {
  let selected: Rule | undefined;
  return rules.map((rule) => {
    const { matches, reason } = assessRule(rule, event);
    const verdict = { rule_id: rule.id, rule_name: rule.name, priority: rule.priority };
    if (!rule.is_active) {
      const would = matches ? "it would match" : "it would not match either";
      return {
        ...verdict,
        verdict: "inactive",
        reason: `the rule is switched off; ${would}: ${reason}`,
      };
    }
    if (!matches) return { ...verdict, verdict: "no_match", reason };
    if (selected !== undefined) {
      const first = `rule ${selected.id} (${selected.name}) comes first`;
      return { ...verdict, verdict: "shadowed", reason: `${reason}, but ${first}` };
    }
    selected = rule;
    return { ...verdict, verdict: "selected", reason };
  });
}

interface Assessment {
  matches: boolean;
  reason: string;
}

function assessRule(rule: Rule, event: MatchedEvent): Assessment {
  const least = rule.syslog_severity;
  if (least !== undefined && event.severity > least) {
    const reason = `the event's severity ${event.severity} is less severe than ${least}, the least that the rule takes`;
    return { matches: false, reason };
  }
  const found = [assessOid(rule, event), assessText(rule, event)].filter(
    (part) => part !== undefined,
  );
  const match = found.find((part) => part.matches);
  return match ?? { matches: false, reason: found.map((part) => part.reason).join(", and ") };
}

function assessOid({ trap_oid }: Rule, event: MatchedEvent): Assessment | undefined {
  if (trap_oid === undefined) return undefined;
  if (event.trap_oid === undefined) return { matches: false, reason: "the event has no trap OID" };
  const matches = isUnderOid(event.trap_oid, trap_oid);
  return {
    matches,
    reason: `the trap OID ${event.trap_oid} is ${matches ? "" : "not "}under ${trap_oid}`,
  };
}

function assessText(rule: Rule, { message }: MatchedEvent): Assessment | undefined {
  const { match_string: text, match_type } = rule;
  if (text === undefined) return undefined;
  if (match_type === "regex") {
    const matches = compilePattern(text).test(message);
    return { matches, reason: `the message ${matches ? "matches" : "does not match"} /${text}/` };
  }
  const matches = foldCase(message).includes(foldCase(text));
  return {
    matches,
    reason: `the message ${matches ? "contains" : "does not contain"} ${JSON.stringify(text)}`,
  };
}

/** Says in words what a rule asks of an event. */
export function describeConditions(
  rule: Pick<Rule, "match_type" | "match_string" | "trap_oid" | "syslog_severity">,
): string {
  const { match_type, match_string: text, trap_oid, syslog_severity: least } = rule;
  const literal = `the message contains ${JSON.stringify(text)}`;
  const asked = [
    ...(trap_oid === undefined ? [] : [`the trap OID is under ${trap_oid}`]),
    ...(text === undefined
      ? []
      : [match_type === "regex" ? `the message matches /${text}/` : literal]),
  ].join(", or ");
  return least === undefined ? asked : `${asked}; of severity ${least} or worse`;
}
