export { type AuditEntry, readAudit, recordAudit } from "./audit.ts";
export { type StoreKeys, storeKeys } from "./keys.ts";
export {
  countRules,
  type ImportResult,
  importRules,
  type RuleBook,
  type RulesImport,
  readRuleBook,
  readRuleBookVersion,
  type StoreDeps,
} from "./rule-book.ts";
