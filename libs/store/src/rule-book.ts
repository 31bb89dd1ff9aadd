import { createScript } from "@mutt/redis";
import { type Rule, RuleSchema } from "@mutt/rules";
import type { Redis } from "ioredis";
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

/** A rule book with what is needed to change it. */
export interface EditableBook extends RuleBook {
  /** The last rule id that was given out. */
  lastRuleId: number;
}

/** Reads the version alone: cheap enough to ask every second. */
export async function readRuleBookVersion({ redis, prefix }: StoreDeps): Promise<number> {
  return Number((await redis.get(storeKeys(prefix).version)) ?? 0);
}

/**
 * Reads rules, dev hosts and teams as one consistent picture.
 * Throws when a stored rule does not fit the schema; its id is named.
 */
export async function readRuleBook(deps: StoreDeps): Promise<RuleBook> {
  const { lastRuleId: _, ...book } = await readEditableBook(deps);
  return book;
}

/**
 * All documents of one moment. A transaction would do as well, but a full Redis refuses those, reads included, and then an
 * alerter that starts would have no rules to drain it with.
 * KEYS: version, rules, dev hosts, teams, last rule id.
 */
const READ = createScript(`
return {
  redis.call('GET', KEYS[1]) or '0',
  redis.call('HGETALL', KEYS[2]),
  redis.call('SMEMBERS', KEYS[3]),
  redis.call('HGETALL', KEYS[4]),
  redis.call('GET', KEYS[5]) or '0',
}
`);

/** As `readRuleBook`, with what a change has to know besides. */
export async function readEditableBook({ redis, prefix }: StoreDeps): Promise<EditableBook> {
  const keys = storeKeys(prefix);
  const names = [keys.version, keys.rules, keys.devHosts, keys.teams, keys.lastRuleId];
  const [version, rules, devHosts, teams, lastRuleId] = (await READ.run(redis, names, [])) as [
    string,
    string[],
    string[],
    string[],
    string,
  ];
  return {
    version: Number(version),
    rules: pairs(rules).map(parseStoredRule).sort(byPriority),
    devHosts: new Set(devHosts),
    teams: new Map(pairs(teams)),
    lastRuleId: Number(lastRuleId),
  };
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? "",
    flat[2 * index + 1] ?? "",
  ]);
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
