import { compileRules, type Rule, type RuleDraft } from "@mutt/rules";
import type { AuditBy } from "./audit.ts";
import { changeBook } from "./change-book.ts";
import type { EditableBook, StoreDeps } from "./rule-book.ts";
import { StoreError } from "./store-error.ts";

/** What a change of one rule may insist on: that the rule still is what its reader has seen. */
export interface RulePrecondition {
  /** Says whether the stored rule is the one that was seen; left out, any is. */
  isSeen?: (stored: Rule) => boolean;
}

/**
 * Makes a rule; without an id it gets the next free one. Throws `StoreError` "exists" for an id that is taken, and
 * `RuleSetError` when the set with it would not load.
 */
export async function createRule(deps: StoreDeps, draft: RuleDraft, by: AuditBy): Promise<Rule> {
  return await changeBook(deps, by, (book) => {
    if (draft.id !== undefined && book.rules.some(({ id }) => id === draft.id)) {
      throw new StoreError("exists", `there is a rule ${draft.id} already: change that one`);
    }
    const nextId = Math.max(book.lastRuleId, ...book.rules.map(({ id }) => id)) + 1;
    const { id = nextId, ...fields } = draft;
    const rule: Rule = { id, ...fields };
    compileRules([...book.rules, rule]);
    return {
      writes: [
        ["HSET", "rules", String(rule.id), JSON.stringify(rule)],
        ["SET", "lastRuleId", String(Math.max(book.lastRuleId, rule.id))],
      ],
      audit: { action: "rules.create", target: targetOf(rule.id), new: rule },
      result: rule,
    };
  });
}

/** Writes a rule over the one with its id. Throws `StoreError` "not_found" or "stale", and `RuleSetError`. */
export async function replaceRule(
  deps: StoreDeps,
  rule: Rule,
  by: AuditBy & RulePrecondition,
): Promise<Rule> {
  const { isSeen, ...who } = by;
  return await changeBook(deps, who, (book) => {
    const old = storedRule(book, rule.id, isSeen);
    compileRules([...book.rules.filter(({ id }) => id !== rule.id), rule]);
    return {
      writes: [["HSET", "rules", String(rule.id), JSON.stringify(rule)]],
      audit: { action: "rules.update", target: targetOf(rule.id), old, new: rule },
      result: rule,
    };
  });
}

/** Removes a rule and returns it. Throws `StoreError` "not_found" or "stale". */
export async function deleteRule(
  deps: StoreDeps,
  id: number,
  by: AuditBy & RulePrecondition,
): Promise<Rule> {
  const { isSeen, ...who } = by;
  return await changeBook(deps, who, (book) => {
    const old = storedRule(book, id, isSeen);
    return {
      // The id is not given out again: audit entries speak of it.
      writes: [
        ["HDEL", "rules", String(id)],
        ["SET", "lastRuleId", String(Math.max(book.lastRuleId, id))],
      ],
      audit: { action: "rules.delete", target: targetOf(id), old },
      result: old,
    };
  });
}

function storedRule(
  book: EditableBook,
  id: number,
  isSeen: RulePrecondition["isSeen"] = () => true,
): Rule {
  const stored = book.rules.find((rule) => rule.id === id);
  if (stored === undefined) throw new StoreError("not_found", `there is no rule ${id}`);
  if (isSeen(stored)) return stored;
  throw new StoreError("stale", `rule ${id} was changed since it was read: read it again`);
}

function targetOf(id: number): string {
  return `rule ${id}`;
}
