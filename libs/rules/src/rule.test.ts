import { describe, expect, test } from "vitest";
import { HANDLINGS, isForwarded, RuleDraftSchema, RuleSchema } from "./rule.ts";
import { ruleProblems } from "./rule-problems.ts";

const RULE = {
  id: 7,
  name: "Link down",
  match_type: "contains",
  match_string: "changed state to down",
  priority: 10,
  prod_handling: "Page_and_ticket",
  dev_handling: "Log_only",
  team_assignment: "NETO",
  is_active: false,
};

function problemsOf(change: Record<string, unknown>): string[] {
  const parsed = RuleSchema.safeParse({ ...RULE, ...change });
  if (parsed.success) return [];
  return ruleProblems(parsed.error).map(({ field, detail }) => `${field} ${detail}`);
}

describe("RuleSchema", () => {
  test("takes a rule as it is", () => {
    expect(RuleSchema.parse(RULE)).toEqual(RULE);
  });

  test("fills in the priority and that the rule is active", () => {
    const { priority: _, is_active: __, ...rest } = RULE;
    expect(RuleSchema.parse(rest)).toEqual({ ...rest, priority: 100, is_active: true });
  });

  test("takes a null in an optional field for a missing one", () => {
    const given = { ...RULE, trap_oid: null, syslog_severity: null };
    expect(RuleSchema.parse(given)).toEqual(RULE);
  });

  test.each([
    [".1.3.6.1.4.1.9", "1.3.6.1.4.1.9"],
    ["1.3.6.1.4.1.9.*", "1.3.6.1.4.1.9"],
  ])("normalises the OID %s", (given, expected) => {
    expect(RuleSchema.parse({ ...RULE, trap_oid: given }).trap_oid).toBe(expected);
  });

  test.each([
    ["a contains rule on the OID alone", { match_string: null, trap_oid: "1.3.6" }],
    ["a regex rule with text and OID", { match_type: "regex", trap_oid: "1.3.6" }],
    ["an oid_prefix rule with text and OID", { match_type: "oid_prefix", trap_oid: "1.3.6" }],
    ["nested quantifiers", { match_type: "regex", match_string: "(a+)+$" }],
    ["text that is no valid pattern, when it is not a pattern", { match_string: "a(" }],
    ["a negative priority", { priority: -5 }],
  ])("takes %s", (_, change) => {
    expect(problemsOf(change)).toEqual([]);
  });

  test.each([
    [{ id: 0 }, "id must be 1 or more, not the number 0"],
    [{ id: "7" }, 'id must be a whole number, not the text "7"'],
    [{ name: undefined }, "name is missing; it must be text"],
    [{ name: "  " }, "name must not be empty"],
    [{ name: "x".repeat(256) }, "name is 256 characters long; the limit is 255"],
    [{ match_type: "exact" }, "match_type must be one of contains, regex, oid_prefix, not"],
    [{ match_string: "" }, "match_string must not be empty; leave the field out"],
    [{ match_string: "x".repeat(1025) }, "match_string is 1025 characters long; the limit is 1024"],
    [{ match_string: "\ud800" }, "match_string holds half a surrogate pair"],
    [{ match_string: null }, "match_string is missing; give match_string, trap_oid or both"],
    [{ match_type: "oid_prefix" }, "trap_oid is missing; match_type oid_prefix needs it"],
    [{ match_type: "regex", match_string: "(?=a)" }, "match_string uses lookaheads"],
    [{ match_type: "regex", match_string: "(a)\\1" }, "match_string uses backreferences"],
    [{ match_type: "regex", match_string: "a(" }, "match_string is not a regular expression"],
    [{ trap_oid: 1.3 }, "trap_oid must be text, not the number 1.3; put it in quotes"],
    [{ trap_oid: "linkDown" }, "trap_oid must be an OID: numbers joined by dots, such as"],
    [{ syslog_severity: 8 }, "syslog_severity must be 0 to 7, not the number 8"],
    [
      { syslog_severity: "3" },
      'syslog_severity must be a whole number from 0 to 7, not the text "3"',
    ],
    [{ priority: 1.5 }, "priority must be a whole number, not the number 1.5"],
    [
      { prod_handling: "Pge_and_ticket" },
      "prod_handling must be one of Page_and_ticket, Page_only",
    ],
    [{ dev_handling: undefined }, "dev_handling is missing; it must be one of"],
    [{ team_assignment: [] }, "team_assignment must be text, not a list"],
    [{ is_active: "yes" }, 'is_active must be true or false, not the text "yes"'],
    [{ prority: 5 }, "prority is not a field of a rule; the fields are id, name,"],
  ])("refuses %j, naming the field, what was given and the cure", (change, problem) => {
    expect(problemsOf(change)).toEqual([expect.stringContaining(problem)]);
  });

  test("names every problem at once", () => {
    const problems = problemsOf({
      match_type: "regex",
      match_string: "(",
      is_active: 1,
      extra: {},
    });
    expect(problems.map((problem) => problem.split(" ")[0]).sort()).toEqual([
      "extra",
      "is_active",
      "match_string",
    ]);
  });

  test.each([[[]], [null], ["rule"], [undefined]])("refuses %j as a rule", (given) => {
    const { error } = RuleSchema.safeParse(given);
    expect(error && ruleProblems(error)).toEqual([
      { field: "", detail: expect.stringContaining("must be an object with the fields of a rule") },
    ]);
  });
});

describe("RuleDraftSchema", () => {
  test("takes a rule without an id", () => {
    const { id: _, ...draft } = RULE;
    expect(RuleDraftSchema.parse(draft)).toEqual(draft);
    expect(RuleDraftSchema.parse({ ...draft, id: null })).toEqual(draft);
  });

  test("keeps an id that is given", () => {
    expect(RuleDraftSchema.parse(RULE)).toEqual(RULE);
  });
});

describe("isForwarded", () => {
  test("holds for the three handlings that page or open a ticket", () => {
    expect(HANDLINGS.filter(isForwarded)).toEqual(["Page_and_ticket", "Page_only", "Ticket_only"]);
  });
});
