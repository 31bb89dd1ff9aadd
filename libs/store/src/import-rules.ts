import { compileRules, type Rule, type RuleDraft } from "@mutt/rules";
import type { AuditBy } from "./audit.ts";
import { type BookWrite, changeBook } from "./change-book.ts";
import { type EditableBook, readEditableBook, type StoreDeps } from "./rule-book.ts";

/** Rules, dev hosts and teams as they come out of a rules file. */
export interface RulesImport {
  rules: RuleDraft[];
  dev_hosts: string[];
  teams: { hostname: string; team: string }[];
}

/** How an import treats what is there and not in the file. */
export interface ImportOptions {
  /** Whether it goes. */
  replace?: boolean;
}

/** What an import changes, rule by rule. */
export interface ImportDiff {
  created: Rule[];
  updated: { id: number; before: Rule; after: Rule }[];
  removed: Rule[];
  /** Rules that are in the file as they are stored. */
  unchanged: number;
  dev_hosts: { added: string[]; removed: string[] };
  teams: { set: { hostname: string; team: string }[]; removed: string[] };
}

/** What an import did. */
export interface ImportResult {
  created: number;
  updated: number;
  removed: number;
  diff: ImportDiff;
}

/** Says what an import would change; throws as `importRules` does. */
export async function planImport(
  deps: StoreDeps,
  file: RulesImport,
  options: ImportOptions,
): Promise<ImportDiff> {
  return compareWith(await readEditableBook(deps), file, options).diff;
}

/**
 * Writes a whole rules file, or nothing of it.
 * A rule with a known id replaces that rule, one without an id gets the next free one; with `replace`, rules,
 * dev hosts and teams that are not in the file go. The resulting set is compiled first: what would not load
 * is refused here with a `RuleSetError`, every problem named.
 */
export async function importRules(
  deps: StoreDeps,
  file: RulesImport,
  options: AuditBy & ImportOptions,
): Promise<ImportResult> {
  const { replace = false, ...by } = options;
  return await changeBook(deps, by, (book) => {
    const { diff, lastRuleId } = compareWith(book, file, { replace });
    const counts = {
      created: diff.created.length,
      updated: file.rules.length - diff.created.length,
      removed: diff.removed.length,
    };
    return {
      writes: [["SET", "lastRuleId", String(lastRuleId)], ...writesOf(diff)],
      audit: { action: "rules.import", target: "rules", new: { ...counts, ...summary(diff) } },
      result: { ...counts, diff },
    };
  });
}

function compareWith(
  book: EditableBook,
  file: RulesImport,
  { replace = false }: ImportOptions,
): { diff: ImportDiff; lastRuleId: number } {
  const before = new Map(book.rules.map((rule) => [rule.id, rule]));
  const incoming = assignIds(book, file.rules);
  const ids = new Set(incoming.map(({ id }) => id));
  const others = book.rules.filter(({ id }) => !ids.has(id));
  compileRules([...(replace ? [] : others), ...incoming]);

  const known = incoming.flatMap((after) => {
    const old = before.get(after.id);
    return old === undefined ? [] : [{ id: after.id, before: old, after }];
  });
  const updated = known.filter((each) => !isSame(each.before, each.after));
  const devHosts = new Set(file.dev_hosts);
  const teams = new Map(file.teams.map(({ hostname, team }) => [hostname, team]));
  const diff: ImportDiff = {
    created: incoming.filter(({ id }) => !before.has(id)),
    updated,
    removed: replace ? others : [],
    unchanged: known.length - updated.length,
    dev_hosts: {
      added: [...devHosts].filter((host) => !book.devHosts.has(host)),
      removed: replace ? [...book.devHosts].filter((host) => !devHosts.has(host)) : [],
    },
    teams: {
      set: [...teams]
        .filter(([hostname, team]) => book.teams.get(hostname) !== team)
        .map(([hostname, team]) => ({ hostname, team })),
      removed: replace ? [...book.teams.keys()].filter((host) => !teams.has(host)) : [],
    },
  };
  return { diff, lastRuleId: Math.max(book.lastRuleId, ...ids, 0) };
}

/** Gives ids to those without one, in the order of the file. */
function assignIds(book: EditableBook, drafts: readonly RuleDraft[]): Rule[] {
  const given = drafts.flatMap(({ id }) => id ?? []);
  if (new Set(given).size < given.length) {
    const twice = given.find((id, index) => given.indexOf(id) !== index);
    throw new Error(`rule id ${twice} stands twice in the file: give each rule its own id`);
  }
  let last = book.rules.reduce((highest, { id }) => Math.max(highest, id), book.lastRuleId);
  last = given.reduce((highest, id) => Math.max(highest, id), last);
  return drafts.map(({ id = ++last, ...fields }) => ({ id, ...fields }));
}

function isSame(a: Rule, b: Rule): boolean {
  return canonical(a) === canonical(b);
}

function canonical(rule: Rule): string {
  return JSON.stringify(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function writesOf(diff: ImportDiff): BookWrite[] {
  const written = [...diff.created, ...diff.updated.map(({ after }) => after)];
  return [
    ...written.map((rule): BookWrite => ["HSET", "rules", String(rule.id), JSON.stringify(rule)]),
    ...diff.removed.map(({ id }): BookWrite => ["HDEL", "rules", String(id)]),
    ...diff.dev_hosts.added.map((host): BookWrite => ["SADD", "devHosts", host]),
    ...diff.dev_hosts.removed.map((host): BookWrite => ["SREM", "devHosts", host]),
    ...diff.teams.set.map(({ hostname, team }): BookWrite => ["HSET", "teams", hostname, team]),
    ...diff.teams.removed.map((host): BookWrite => ["HDEL", "teams", host]),
  ];
}

/** Rules listed by id in an audit entry; the whole of a large file would make it unreadable. */
const MAX_LISTED = 200;

function summary(diff: ImportDiff) {
  return {
    ids: [...diff.created, ...diff.updated].map(({ id }) => id).slice(0, MAX_LISTED),
    removed_rules: diff.removed.slice(0, MAX_LISTED),
    unchanged: diff.unchanged,
    dev_hosts: diff.dev_hosts,
    teams: { set: diff.teams.set.length, removed: diff.teams.removed.length },
  };
}
