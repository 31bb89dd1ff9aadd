import { describe, expect, test } from "vitest";
import { compileRules, RuleSetError } from "./compile.ts";
import type { MatchedEvent } from "./explain.ts";
import type { Rule } from "./rule.ts";

function rule(change: Partial<Rule>): Rule {
  return {
    id: 1,
    name: `rule ${change.id ?? 1}`,
    match_type: "contains",
    priority: 100,
    prod_handling: "Page_only",
    dev_handling: "Log_only",
    team_assignment: "NETO",
    is_active: true,
    ...change,
  };
}

function event(change: Partial<MatchedEvent>): MatchedEvent {
  return { message: "nothing special", severity: 4, ...change };
}

/** The id of the rule that matches, if any. */
function match(rules: Rule[], change: Partial<MatchedEvent>): number | undefined {
  return compileRules(rules).match(event(change))?.id;
}

describe("compileRules", () => {
  test("matches nothing with no rules", () => {
    expect(match([], {})).toBeUndefined();
    expect(compileRules([]).size).toBe(0);
  });

  test("counts the rules that can match", () => {
    const rules = [
      rule({ id: 1, match_string: "a" }),
      rule({ id: 2, match_string: "b", is_active: false }),
    ];
    expect(compileRules(rules).size).toBe(1);
  });

  test.each([
    ["Link DOWN", "port 3: LINK down again", true],
    ["link down", "link  down", false],
    ["größe", "GRÖSSE", false],
    ["größe", "GRÖẞE", true],
    ["kelvin", "273 \u212aelvin", true],
    ["i", "İ", false],
    ["x", "İİİİx", true],
    ["\u{10400}!", "oh \u{10428}!", true],
    ["🔥", "disk 🔥", true],
    ["🔥", "disk 🔦", false],
  ])("says of text %j in message %j: %s", (match_string, message, expected) => {
    expect(match([rule({ match_string })], { message })).toBe(expected ? 1 : undefined);
  });

  test.each([
    ["LINK-(UP|DOWN)", "%link-up: port 3", true],
    ["^link", "the link", false],
    ["\\bdown$", "changed to DOWN", true],
    ["\\d+ ms", "after 12 ms", true],
    ["(?-i)Down", "down", false],
    [".", "x", true],
    ["warnings?", "WARNINGſ", true],
  ])("says of pattern %j in message %j: %s", (match_string, message, expected) => {
    const rules = [rule({ match_type: "regex", match_string })];
    expect(match(rules, { message })).toBe(expected ? 1 : undefined);
  });

  test.each([
    ["1.3.6.9", "1.3.6.9", true],
    ["1.3.6.9", "1.3.6.9.1.2", true],
    ["1.3.6.9", "1.3.6.99", false],
    ["1.3.6.9", "1.3.6", false],
    [".1.3.6.9.*", "1.3.6.9.1", true],
  ])("says of prefix %s and trap OID %s: %s", (trap_oid, oid, expected) => {
    const rules = [rule({ match_type: "oid_prefix", trap_oid })];
    expect(match(rules, { trap_oid: oid })).toBe(expected ? 1 : undefined);
    expect(match(rules, {})).toBeUndefined();
  });

  test.each(["contains", "regex", "oid_prefix"] as const)(
    "lets either the text or the OID of a %s rule match",
    (match_type) => {
      const rules = [rule({ match_type, match_string: "down", trap_oid: "1.3.6" })];
      expect(match(rules, { message: "Down", trap_oid: "1.4" })).toBe(1);
      expect(match(rules, { message: "up", trap_oid: "1.3.6.1" })).toBe(1);
      expect(match(rules, { message: "up", trap_oid: "1.4" })).toBeUndefined();
    },
  );

  test("finds the text of an oid_prefix rule as it is written, not as a pattern", () => {
    const rules = [rule({ match_type: "oid_prefix", match_string: "a.c", trap_oid: "1.3" })];
    expect(match(rules, { message: "A.C" })).toBe(1);
    expect(match(rules, { message: "abc" })).toBeUndefined();
  });

  test("applies a rule's severity to that severity and worse, for text and OID alike", () => {
    const rules = [rule({ match_string: "x", trap_oid: "1.3", syslog_severity: 3 })];
    expect(match(rules, { message: "x", severity: 3 })).toBe(1);
    expect(match(rules, { message: "x", severity: 0 })).toBe(1);
    expect(match(rules, { message: "x", severity: 4 })).toBeUndefined();
    expect(match(rules, { trap_oid: "1.3", severity: 4 })).toBeUndefined();
  });

  test("takes the first match by priority, and of equals the lowest id", () => {
    const rules = [
      rule({ id: 9, match_string: "down", priority: 20 }),
      rule({ id: 5, match_type: "regex", match_string: "d.*n", priority: 10 }),
      rule({ id: 4, match_type: "oid_prefix", trap_oid: "1.3", priority: 10 }),
      rule({ id: 1, match_string: "link down", priority: 30 }),
    ];
    expect(match(rules, { message: "link down", trap_oid: "1.3.6" })).toBe(4);
    expect(match(rules, { message: "link down" })).toBe(5);
    expect(match(rules, { message: "linkdown" })).toBe(5);
  });

  test("leaves a rule of a milder severity out in favour of a later one with the same text", () => {
    const rules = [
      rule({ id: 1, match_string: "down", syslog_severity: 2 }),
      rule({ id: 2, match_string: "down" }),
    ];
    expect(match(rules, { message: "down", severity: 5 })).toBe(2);
    expect(match(rules, { message: "down", severity: 1 })).toBe(1);
  });

  test("does not match by an inactive rule", () => {
    expect(
      match([rule({ match_string: "a", is_active: false })], { message: "a" }),
    ).toBeUndefined();
  });

  test("throws all problems of all rules, also of inactive ones", () => {
    const bad = [
      rule({ id: 1, match_string: "fine" }),
      rule({ id: 2, match_type: "regex", match_string: "(", is_active: false }),
      rule({ id: 3, match_type: "oid_prefix" }),
      rule({ id: 1, match_string: "x" }),
    ];
    const error = catchError(() => compileRules(bad));
    expect(error).toBeInstanceOf(RuleSetError);
    expect((error as RuleSetError).problems).toMatchObject([
      { id: 2, name: "rule 2", field: "match_string" },
      { id: 3, name: "rule 3", field: "match_string" },
      { id: 1, name: "rule 1", field: "id" },
    ]);
    expect((error as RuleSetError).message).toContain(
      "rule 2 (rule 2): match_string is not a regular expression that RE2 takes (missing closing ) at (); see",
    );
  });

  test("names a rule that is none at all as far as it can", () => {
    const error = catchError(() => compileRules([null as unknown as Rule]));
    expect((error as RuleSetError).message).toContain("rule without id: must be an object");
  });

  test("stays fast on messages made against it", () => {
    const nested = Array.from({ length: 300 }, (_, i) =>
      rule({ id: i + 1, match_string: `${"a".repeat(i + 1)}b`, priority: i }),
    );
    const patterns = [
      rule({ id: 1000, match_type: "regex", match_string: "(a+)+$", priority: 500 }),
    ];
    const ruleSet = compileRules([...nested, ...patterns]);
    const start = process.cpuUsage();
    for (let i = 0; i < 20; i++) {
      expect(ruleSet.match(event({ message: `${"a".repeat(8191)}!` }))).toBeUndefined();
    }
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });
});

describe("RuleSet.explain", () => {
  test("says of every rule, in the order of matching, why it matches or not", () => {
    const rules = [
      rule({ id: 1, match_string: "down", priority: 5, syslog_severity: 2 }),
      rule({ id: 2, match_string: "DOWN", priority: 4, is_active: false }),
      rule({ id: 3, match_type: "regex", match_string: "d.wn", priority: 6 }),
      rule({ id: 4, match_string: "down", priority: 7 }),
      rule({ id: 5, match_type: "oid_prefix", match_string: "up", trap_oid: "1.3", priority: 8 }),
      rule({ id: 6, match_type: "oid_prefix", trap_oid: "1.4", priority: 9, is_active: false }),
    ];
    const verdicts = compileRules(rules).explain(event({ message: "link down", severity: 4 }));
    expect(verdicts.map(({ rule_id, verdict, reason }) => [rule_id, verdict, reason])).toEqual([
      [2, "inactive", 'the rule is switched off; it would match: the message contains "DOWN"'],
      [
        1,
        "no_match",
        "the event's severity 4 is less severe than 2, the least that the rule takes",
      ],
      [3, "selected", "the message matches /d.wn/"],
      [4, "shadowed", 'the message contains "down", but rule 3 (rule 3) comes first'],
      [5, "no_match", 'the event has no trap OID, and the message does not contain "up"'],
      [
        6,
        "inactive",
        "the rule is switched off; it would not match either: the event has no trap OID",
      ],
    ]);
  });

  test("names the OIDs it compared", () => {
    const rules = [rule({ match_type: "oid_prefix", trap_oid: "1.3.6.9" })];
    const reasons = ["1.3.6.9.1", "1.3.6.99"].map(
      (trap_oid) => compileRules(rules).explain(event({ trap_oid }))[0]?.reason,
    );
    expect(reasons).toEqual([
      "the trap OID 1.3.6.9.1 is under 1.3.6.9",
      "the trap OID 1.3.6.99 is not under 1.3.6.9",
    ]);
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
