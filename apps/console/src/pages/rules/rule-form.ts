import type { Rule, RuleDraft } from "../../api/rules.ts";

/** A rule as texts of controls. */
export interface RuleForm {
  name: string;
  match_type: string;
  match_string: string;
  trap_oid: string;
  syslog_severity: string;
  priority: string;
  prod_handling: string;
  dev_handling: string;
  team_assignment: string;
  is_active: boolean;
}

/** What the form of a new rule starts with. */
export const EMPTY_FORM: RuleForm = {
  name: "",
  match_type: "contains",
  match_string: "",
  trap_oid: "",
  syslog_severity: "",
  priority: "100",
  prod_handling: "Page_and_ticket",
  dev_handling: "Log_only",
  team_assignment: "",
  is_active: true,
};

/** A stored rule as the texts of the form. */
export function formOf(rule: Rule): RuleForm {
  const { id: _id, match_string = "", trap_oid = "", syslog_severity, priority, ...rest } = rule;
  return {
    ...rest,
    match_string,
    trap_oid,
    priority: String(priority),
    syslog_severity: syslog_severity === undefined ? "" : String(syslog_severity),
  };
}

/** What is sent: empty optional fields are left out, everything else is for the server to judge. */
export function draftOf(form: RuleForm): RuleDraft {
  const { match_string, trap_oid, syslog_severity, priority, ...rest } = form;
  return {
    ...(rest as Pick<RuleDraft, keyof typeof rest>),
    priority: Number(priority),
    ...(match_string !== "" && { match_string }),
    ...(trap_oid.trim() !== "" && { trap_oid: trap_oid.trim() }),
    ...(syslog_severity !== "" && { syslog_severity: Number(syslog_severity) }),
  };
}
