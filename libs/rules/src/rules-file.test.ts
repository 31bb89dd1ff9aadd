import { describe, expect, test } from "vitest";
import { formatRulesFile, parseRulesFile, type RulesFile, RulesFileError } from "./rules-file.ts";

const RULE =
  "name: Link down, match_type: contains, match_string: down, prod_handling: Page_only, dev_handling: Log_only, team_assignment: NETO";

function messageOf(text: string): string {
  try {
    parseRulesFile(text);
  } catch (error) {
    if (error instanceof RulesFileError) return error.message;
    throw error;
  }
  return "";
}

describe("parseRulesFile", () => {
  test("reads YAML, filling in defaults", () => {
    const file = parseRulesFile(`
# What the site pages for.
rules:
  - name: Link down
    match_type: contains
    match_string: "%LINK-3"
    prod_handling: Page_and_ticket
    dev_handling: Log_only
    team_assignment: NETO
dev_hosts: [lab1]
teams:
  - { hostname: db1, team: DBA }
`);
    expect(file.rules).toEqual([
      {
        name: "Link down",
        match_type: "contains",
        match_string: "%LINK-3",
        priority: 100,
        prod_handling: "Page_and_ticket",
        dev_handling: "Log_only",
        team_assignment: "NETO",
        is_active: true,
      },
    ]);
    expect(file.dev_hosts).toEqual(["lab1"]);
    expect(file.teams).toEqual([{ hostname: "db1", team: "DBA" }]);
  });

  test("reads JSON, and takes missing hosts and teams for none", () => {
    expect(parseRulesFile('\ufeff {"rules": []}')).toEqual({ rules: [], dev_hosts: [], teams: [] });
  });

  test("follows an alias", () => {
    expect(parseRulesFile(`rules:\n- &a {${RULE}}\n- *a\n`).rules).toHaveLength(2);
  });

  test("lists every problem with its place, name, field, what was given and the cure", () => {
    const message = messageOf(`
rules:
  - { ${RULE}, prority: 3 }
  - 5
  - { id: 4, ${RULE} }
  - { id: 4, ${RULE}, trap_oid: 1.3 }
  - { id: 4, ${RULE} }
  - { ${RULE.replace("contains", "regex").replace(": down", ': "(?=a)"')} }
dev_hosts: [a, 10, a]
teams: [{ hostname: a }, x]
`);
    expect(message.split("\n")).toEqual([
      "the rules file cannot be used:",
      expect.stringContaining(
        "rules[0] (Link down): prority is not a field of a rule; the fields are",
      ),
      "rules[1] must be an object with the fields of a rule, not the number 5",
      "rules[3] (Link down): trap_oid must be text, not the number 1.3; put it in quotes",
      expect.stringContaining("rules[5] (Link down): match_string uses lookaheads"),
      "rules[4] (Link down): id repeats the number 4 of rules[2] (Link down); keep one of them",
      "dev_hosts[1] must be text, not the number 10; put it in quotes",
      'dev_hosts[2] repeats the text "a" of dev_hosts[0]; keep one of them',
      "teams[0]: team is missing; it must be text",
      'teams[1] must be an object with hostname and team, not the text "x"',
    ]);
  });

  test("gives the problems as a list too", () => {
    const error = catchError(() => parseRulesFile("rules: [{}]")) as RulesFileError;
    expect(error.problems[0]).toMatchObject({ where: "rules[0]", field: "name" });
  });

  test("lists at most 100 problems in its message", () => {
    const message = messageOf(JSON.stringify({ rules: Array(150).fill(1) }));
    expect(message.split("\n")).toHaveLength(102);
    expect(message).toContain("… and 50 more");
  });

  test.each([
    ["an empty file", " \n", "the file is empty"],
    ["a list", "[]", "the file is a list; put the rules in a list under `rules`"],
    [
      "another kind of file",
      "Jan 1 00:00:00 host app: message\n",
      "does not look like a rules file",
    ],
    ["rules that are no list", "rules: 3", "rules must be a list, not the number 3"],
    ["a file without rules", "dev_hosts: []", "rules is missing; it must be a list"],
    ["an unknown section", "rules: []\nhosts: []", "hosts is not a section of a rules file"],
    ["broken YAML", "rules: [", "syntax: Flow sequence in block collection must be"],
    ["broken JSON", '{"rules": [}', "syntax: Unexpected token"],
    ["a repeated key", "rules: []\nrules: []", 'syntax: the key "rules" stands twice'],
    ["an unknown tag", "rules: !!js/function x", "syntax: Unresolved tag"],
    ["two documents", "rules: []\n---\nrules: []", "syntax: several documents"],
    ["keys that are no text", "rules: [{ [a]: b }]", "syntax: With stringKeys, all keys must be"],
    ["a file over 5 MiB", `rules: []\n#${"é".repeat(2_700_000)}`, "larger than 5 MiB"],
    ["an alias to nothing", "rules: *a", "syntax: Unresolved alias"],
    ["nesting without end", `rules: ${"[".repeat(5000)}`, "syntax: "],
  ])("refuses %s", (_, text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });

  test("refuses aliases that multiply into a bomb", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `- &l${i + 1} [${`*l${i},`.repeat(10)}]`);
    expect(messageOf(`rules:\n- &l0 [x]\n${levels.join("\n")}`)).toContain("Excessive alias count");
  });
});

describe("formatRulesFile", () => {
  const FILE: RulesFile = {
    rules: [
      "yes",
      "1.3",
      "null",
      "# x",
      "a: b",
      "- x",
      " \t'\"\\ ",
      "line\nbreak",
      "🔥\u0085\u2028\0",
    ].map((text, i) => ({
      id: i + 1,
      name: `rule ${text} end`,
      match_type: "contains",
      match_string: text,
      trap_oid: "1.3",
      syslog_severity: 3,
      priority: -1,
      prod_handling: "Suppress",
      dev_handling: "Ignore",
      team_assignment: "on",
      is_active: false,
    })),
    dev_hosts: ["10", "a.example.net"],
    teams: [{ hostname: "1e3", team: "~" }],
  };

  test.each(["yaml", "json"] as const)("writes %s that reads back to the same", (format) => {
    expect(parseRulesFile(formatRulesFile(FILE, format))).toEqual(FILE);
  });

  test("writes an empty file that reads back", () => {
    const empty = { rules: [], dev_hosts: [], teams: [] };
    expect(parseRulesFile(formatRulesFile(empty, "yaml"))).toEqual(empty);
  });

  test("quotes what older YAML readers would take for a boolean", () => {
    expect(formatRulesFile(FILE, "yaml")).toContain('team_assignment: "on"');
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
