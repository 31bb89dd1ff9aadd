import { compileRules, type Rule, type RuleDraft, RuleSchema } from "@mutt/rules";
import type { Redis } from "ioredis";
import { type AuditEntry, recordAudit } from "./audit.ts";
import { storeKeys } from "./keys.ts";

/** Where the rules are. */
export interface StoreDeps {
  redis: Redis;
  prefix: string;
}

/** Everything the alerter decides by, read at one moment. */
export interface RuleBook {
  /** Goes up with every change. */
  version: number;
  rules: Rule[];
  devHosts: Set<string>;
  /** Host name to team. */
  teams: Map<string, string>;
}

/** Reads the version alone: cheap enough to ask every second. */
export async function readRuleBookVersion({ redis, prefix }: StoreDeps): Promise<number> {
  return Number((await redis.get(storeKeys(prefix).version)) ?? 0);
}

/**
 * Reads rules, dev hosts and teams as one consistent picture.
 * Throws when a stored rule does not fit the schema; its id is named.
 */
export async function readRuleBook({ redis, prefix }: StoreDeps): Promise<RuleBook> {
  const keys = storeKeys(prefix);
  const replies = await redis
    .multi()
    .get(keys.version)
    .hgetall(keys.rules)
    .smembers(keys.devHosts)
    .hgetall(keys.teams)
    .exec();
  const [version, rules, devHosts, teams] = (replies ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  }) as [string | null, Record<string, string>, string[], Record<string, string>];
  return {
    version: Number(version ?? 0),
    rules: Object.entries(rules).map(parseStoredRule).sort(byPriority),
    devHosts: new Set(devHosts),
    teams: new Map(Object.entries(teams)),
  };
}

function parseStoredRule([id, json]: [string, string]): Rule {
  const result = RuleSchema.safeParse(JSON.parse(json));
  if (!result.success) throw new Error(`rule ${id} in Redis is not valid: ${result.error.message}`);
  return result.data;
}

function byPriority(a: Rule, b: Rule): number {
  return a.priority - b.priority || a.id - b.id;
}

/** Counts the stored rules, active or not. */
export async function countRules({ redis, prefix }: StoreDeps): Promise<number> {
  return await redis.hlen(storeKeys(prefix).rules);
}

/** Rules, dev hosts and teams as they come out of a rules file. */
export interface RulesImport {
  rules: RuleDraft[];
  dev_hosts: string[];
  teams: { hostname: string; team: string }[];
}

/** What an import did. */
export interface ImportResult {
  created: number;
  updated: number;
  removed: number;
}

/**
 * Writes a whole rules file, or nothing of it.
 * A rule with a known id replaces that rule, one without an id gets the next free one; with `replace`, rules,
 * dev hosts and teams that are not in the file go. The resulting set is compiled first: what would not load
 * is refused here, with every problem named.
 */
export async function importRules(
  deps: StoreDeps,
  file: RulesImport,
  options: { actor: string; reason?: string; replace?: boolean },
): Promise<ImportResult> {
  const { redis, prefix } = deps;
  const keys = storeKeys(prefix);
  const stored = await readRuleBook(deps);
  const before = new Map(stored.rules.map((rule) => [rule.id, rule]));
  const incoming = await assignIds(deps, file.rules, before);
  const kept = options.replace ? [] : stored.rules.filter((rule) => !incoming.has(rule.id));
  compileRules([...kept, ...incoming.values()]);

  const removed = options.replace ? [...before.keys()].filter((id) => !incoming.has(id)) : [];
  const result: ImportResult = {
    created: [...incoming.keys()].filter((id) => !before.has(id)).length,
    updated: [...incoming.keys()].filter((id) => before.has(id)).length,
    removed: removed.length,
  };
  const transaction = redis.multi();
  if (options.replace) transaction.del(keys.rules, keys.devHosts, keys.teams);
  for (const [id, rule] of incoming) transaction.hset(keys.rules, String(id), JSON.stringify(rule));
  if (file.dev_hosts.length > 0) transaction.sadd(keys.devHosts, ...file.dev_hosts);
  for (const { hostname, team } of file.teams) transaction.hset(keys.teams, hostname, team);
  transaction.incr(keys.version);
  const entry: AuditEntry = {
    actor: options.actor,
    action: "rules.import",
    target: "rules",
    new: { ...result, ids: [...incoming.keys()] },
    at: new Date().toISOString(),
  };
  if (options.reason !== undefined) entry.reason = options.reason;
  recordAudit(prefix)(transaction, entry);
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error;
  return result;
}

async function assignIds(
  { redis, prefix }: StoreDeps,
  drafts: readonly RuleDraft[],
  existing: ReadonlyMap<number, Rule>,
): Promise<Map<number, Rule>> {
  const key = storeKeys(prefix).lastRuleId;
  const given = drafts.flatMap((draft) => (draft.id === undefined ? [] : [draft.id]));
  const taken = new Set([...existing.keys(), ...given]);
  if (new Set(given).size < given.length) {
    const twice = given.find((id, index) => given.indexOf(id) !== index);
    throw new Error(`rule id ${twice} stands twice in the file: give each rule its own id`);
  }
  const rules = new Map<number, Rule>();
  for (const draft of drafts) {
    let id = draft.id;
    while (id === undefined) {
      const next = await redis.incr(key);
      if (!taken.has(next)) id = next;
    }
    taken.add(id);
    rules.set(id, { ...draft, id });
  }
  return rules;
}
