import { describe, expect, test } from "vitest";
import type { Rule } from "../../api/rules.ts";
import { comesFirst, type Direction, planMove } from "./rule-order.ts";

function rule(id: number, priority: number): Rule {
  return {
    id,
    name: `rule ${id}`,
    match_type: "contains",
    match_string: "x",
    priority,
    prod_handling: "Page_only",
    dev_handling: "Log_only",
    team_assignment: "t",
    is_active: true,
  };
}

const inOrder = (rules: readonly Rule[]): Rule[] =>
  rules.toSorted((a, b) => (comesFirst(a, b) ? -1 : 1));

/** The ids in the order of matching after a move. */
function idsAfter(rules: readonly Rule[], id: number, direction: Direction): number[] {
  const written = new Map(planMove(rules, id, direction).map((each) => [each.id, each]));
  return inOrder(rules.map((each) => written.get(each.id) ?? each)).map((each) => each.id);
}

test("a rule between others with room is moved by its own priority alone", () => {
  const rules = [rule(1, 10), rule(2, 20), rule(3, 30)];
  expect(planMove(rules, 3, "up")).toHaveLength(1);
  expect(idsAfter(rules, 3, "up")).toEqual([1, 3, 2]);
  expect(planMove(rules, 1, "down")).toHaveLength(1);
  expect(idsAfter(rules, 1, "down")).toEqual([2, 1, 3]);
});

test("the first cannot go up nor the last down, and an unknown rule nowhere", () => {
  const rules = [rule(1, 10), rule(2, 20)];
  expect(planMove(rules, 1, "up")).toEqual([]);
  expect(planMove(rules, 2, "down")).toEqual([]);
  expect(planMove(rules, 9, "up")).toEqual([]);
});

describe("whatever the priorities are, a move changes places with the neighbour and nothing else", () => {
  const sets: Rule[][] = [
    [rule(1, 5), rule(2, 5), rule(3, 5), rule(4, 5)],
    [rule(4, 1), rule(2, 2), rule(3, 3), rule(1, 4)],
    [rule(9, 1), rule(1, 2), rule(2, 2), rule(3, 2), rule(5, 100)],
    [rule(3, -2), rule(1, -1), rule(2, -1)],
  ];
  const cases = sets.flatMap((rules) =>
    rules.slice(1).map((moved, index) => ({ rules, id: moved.id, to: index })),
  );
  test.each(cases)("rule $id goes up to place $to", ({ rules, id, to }) => {
    const before = rules.map((each) => each.id);
    const expected = before.toSpliced(to + 1, 1).toSpliced(to, 0, id);
    expect(idsAfter(rules, id, "up")).toEqual(expected);
    const neighbour = before[to] ?? 0;
    expect(idsAfter(rules, neighbour, "down")).toEqual(expected);
  });
});
