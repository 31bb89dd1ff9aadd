import type { Rule } from "../../api/rules.ts";

/** Which way a rule is moved: up is earlier. */
export type Direction = "up" | "down";

/** Between two rules that are numbered anew there is room for as many others. */
const STEP = 10;

/**
 * The rules that have to be written so that one of them changes places with its neighbour, with their new
 * priorities. One rule where its priority alone can do it; where priorities lie too close, all are numbered anew.
 * Empty at the end of the list. `rules` are in the order of matching.
 */
export function planMove(rules: readonly Rule[], id: number, direction: Direction): Rule[] {
  const from = rules.findIndex((rule) => rule.id === id);
  const to = direction === "up" ? from - 1 : from + 1;
  const moved = rules[from];
  if (!moved || to < 0 || to >= rules.length) return [];
  const others = rules.toSpliced(from, 1);
  const [before, after] = [others[to - 1], others[to]];
  const candidates = [after?.priority, before?.priority, middle(before, after)];
  for (const priority of candidates) {
    if (priority === undefined) continue;
    const rule = { ...moved, priority };
    if ((!before || comesFirst(before, rule)) && (!after || comesFirst(rule, after))) return [rule];
  }
  return others
    .toSpliced(to, 0, moved)
    .map((rule, index) => ({ ...rule, priority: (index + 1) * STEP }))
    .filter((rule) => rules.find((old) => old.id === rule.id)?.priority !== rule.priority);
}

/** Whether a rule is asked before another one. */
export function comesFirst(a: Rule, b: Rule): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.id < b.id);
}

/** A priority between two rules, or beyond the one there is. */
function middle(before: Rule | undefined, after: Rule | undefined): number | undefined {
  if (before && after) return Math.floor((before.priority + after.priority) / 2);
  if (after) return after.priority - STEP;
  return before && before.priority + STEP;
}
