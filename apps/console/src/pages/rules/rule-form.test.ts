import { expect, test } from "vitest";
import type { Rule } from "../../api/rules.ts";
import { draftOf, EMPTY_FORM, formOf } from "./rule-form.ts";

const RULE: Rule = {
  id: 7,
  name: "Link down",
  match_type: "regex",
  match_string: " down$",
  syslog_severity: 0,
  priority: -3,
  prod_handling: "Page_only",
  dev_handling: "Ignore",
  team_assignment: "NETO",
  is_active: false,
};

test("a rule that goes through the form unchanged stays what it is, blanks in its text included", () => {
  const { id: _id, ...draft } = RULE;
  expect(draftOf(formOf(RULE))).toEqual(draft);
});

test("empty optional fields are left out, not sent as nothing", () => {
  const draft = draftOf({ ...EMPTY_FORM, name: "x", trap_oid: " .1.3.6 " });
  expect(draft).not.toHaveProperty("match_string");
  expect(draft).not.toHaveProperty("syslog_severity");
  expect(draft.trap_oid).toBe(".1.3.6");
});
