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

/** As `readRuleBook`, with what a change has to know besides. */
export async function readEditableBook({ redis, prefix }: StoreDeps): Promise<EditableBook> {
  const keys = storeKeys(prefix);
  const replies = await redis
    .multi()
    .get(keys.version)
    .hgetall(keys.rules)
    .smembers(keys.devHosts)
    .hgetall(keys.teams)
    .get(keys.lastRuleId)
    .exec();
  const [version, rules, devHosts, teams, lastRuleId] = (replies ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  }) as [string | null, Record<string, string>, string[], Record<string, string>, string | null];
  return {
    version: Number(version ?? 0),
    rules: Object.entries(rules).map(parseStoredRule).sort(byPriority),
    devHosts: new Set(devHosts),
    teams: new Map(Object.entries(teams)),
    lastRuleId: Number(lastRuleId ?? 0),
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
