export { compileRules, type RuleSet, RuleSetError, type RuleSetProblem } from "./compile.ts";
export { describeConditions, type MatchedEvent, type RuleVerdict } from "./explain.ts";
export {
  HANDLINGS,
  type Handling,
  isForwarded,
  MATCH_TYPES,
  type MatchType,
  type Rule,
  type RuleDraft,
  RuleDraftSchema,
  RuleSchema,
} from "./rule.ts";
export { type RuleProblem, ruleProblems } from "./rule-problems.ts";
export {
  formatRulesFile,
  type HostTeam,
  parseRulesFile,
  type RulesFile,
  RulesFileError,
  type RulesFileProblem,
} from "./rules-file.ts";
