import { expect, test } from "vitest";
import type { Rule } from "../../api/rules.ts";
import { describeDiff } from "./import-diff.ts";

const RULE: Rule = {
  id: 1,
  name: "Disk",
  match_type: "contains",
  match_string: "disk",
  priority: 10,
  prod_handling: "Page_only",
  dev_handling: "Ignore",
  team_assignment: "STORAGE",
  is_active: true,
};

test("each change is a line that says what changes; a rule that stays is none", () => {
  expect(
    describeDiff({
      created: [RULE],
      updated: [
        { id: 1, before: RULE, after: { ...RULE, priority: 20, syslog_severity: 3 } },
        { id: 2, before: RULE, after: { ...RULE } },
      ],
      removed: [RULE],
      dev_hosts: { added: ["lab1"], removed: ["lab2"] },
      teams: { set: [{ hostname: "nas1", team: "STORAGE" }], removed: ["nas2"] },
    }),
  ).toEqual([
    "+ Disk: message contains “disk”",
    "~ #1 Disk: priority 10 → 20; syslog_severity – → 3",
    "- #1 Disk: message contains “disk”",
    "+ development host lab1",
    "- development host lab2",
    "~ team of nas1: STORAGE",
    "- team of nas2",
  ]);
});
