import type { RuleDraft } from "@mutt/rules";
import { FAULTS, faultName } from "../load/payload.ts";

const RULES = 1000;
const REGEX_EVERY = 9;

/**
 * 1,000 rules: 800 `contains` and 100 `regex` that between them know every fault of the load, one rule each, and
 * 100 on OIDs. A fault with an even number is forwarded, one with an odd number logged.
 */
export function createRules(): RuleDraft[] {
  return Array.from({ length: RULES }, (_, index) => ({
    id: index + 1,
    name: `bench rule ${index + 1}`,
    ...conditionOf(index),
    priority: (index * 7) % RULES,
    prod_handling: index % 2 === 0 ? "Page_and_ticket" : "Log_only",
    dev_handling: "Log_only",
    team_assignment: "NETO",
    is_active: true,
  }));
}

function conditionOf(index: number): Pick<RuleDraft, "match_type" | "match_string" | "trap_oid"> {
  if (index >= FAULTS) return { match_type: "oid_prefix", trap_oid: `1.3.6.1.4.1.9.9.${index}` };
  if (index % REGEX_EVERY === 0) {
    return {
      match_type: "regex",
      match_string: `changed state to (up|down), ${faultName(index)}\\b`,
    };
  }
  return { match_type: "contains", match_string: faultName(index) };
}
