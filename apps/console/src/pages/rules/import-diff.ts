import type { ImportDiff, Rule } from "../../api/rules.ts";
import { formatValue } from "../../format.ts";
import { describeMatch } from "./rule-text.ts";

/** An import's changes, one a line: `+` new, `~` changed, `-` removed. */
export function describeDiff({
  created,
  updated,
  removed,
  dev_hosts,
  teams,
}: ImportDiff): string[] {
  return [
    ...created.map((rule) => `+ ${rule.name}: ${describeMatch(rule)}`),
    ...updated.flatMap(({ id, before, after }) => {
      const fields = changedFields(before, after);
      return fields.length === 0 ? [] : [`~ #${id} ${after.name}: ${fields.join("; ")}`];
    }),
    ...removed.map((rule) => `- #${rule.id} ${rule.name}: ${describeMatch(rule)}`),
    ...dev_hosts.added.map((host) => `+ development host ${host}`),
    ...dev_hosts.removed.map((host) => `- development host ${host}`),
    ...teams.set.map(({ hostname, team }) => `~ team of ${hostname}: ${team}`),
    ...teams.removed.map((host) => `- team of ${host}`),
  ];
}

function changedFields(before: Rule, after: Rule): string[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Rule)[]);
  return [...fields]
    .filter((field) => before[field] !== after[field])
    .map((field) => `${field} ${formatValue(before[field])} → ${formatValue(after[field])}`);
}
