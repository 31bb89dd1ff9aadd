export { type AuditBy, type AuditEntry, addAudit, readAudit, recordAudit } from "./audit.ts";
export {
  type AuditFilter,
  type AuditPage,
  readAuditBatches,
  readAuditPage,
  type StoredAuditEntry,
  trimAudit,
} from "./audit-log.ts";
export { type Added, addDevHost, removeDevHost, removeTeam, setTeam } from "./hosts.ts";
export {
  type ImportDiff,
  type ImportOptions,
  type ImportResult,
  importRules,
  planImport,
  type RulesImport,
} from "./import-rules.ts";
export { type StoreKeys, storeKeys } from "./keys.ts";
export {
  countRules,
  type RuleBook,
  readRuleBook,
  readRuleBookVersion,
  type StoreDeps,
} from "./rule-book.ts";
export { createRule, deleteRule, type RulePrecondition, replaceRule } from "./rules.ts";
export { StoreError, type StoreErrorReason } from "./store-error.ts";
