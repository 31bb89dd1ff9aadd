import type { Rule, RuleDraft } from "../../api/rules.ts";

/** What a rule matches, in words. */
export function describeMatch(rule: RuleDraft): string {
  const text = rule.match_string;
  const parts = [
    ...(rule.trap_oid === undefined ? [] : [`trap under ${rule.trap_oid}`]),
    ...(text === undefined
      ? []
      : [rule.match_type === "regex" ? `message matches /${text}/` : `message contains “${text}”`]),
  ];
  const severity = rule.syslog_severity;
  return `${parts.join(" or ")}${severity === undefined ? "" : `, severity ${severity} or worse`}`;
}

/** Whether a rule holds a text anywhere that can be seen. */
export function fitsText(rule: Rule, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const { id, name, match_string = "", trap_oid = "", team_assignment } = rule;
  return [`#${id}`, name, match_string, trap_oid, team_assignment].some((part) =>
    part.toLowerCase().includes(wanted),
  );
}
