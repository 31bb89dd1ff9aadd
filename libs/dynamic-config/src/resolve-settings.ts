import { parseSettingValue } from "./parse-setting.ts";
import { brokenRules, followPairs } from "./setting-rules.ts";
import { DEFAULT_SETTINGS, SETTING_KEYS, type SettingKey, type Settings } from "./settings.ts";

/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What holds while Redis says nothing. */
export interface BaseSettings {
  settings: Settings;
  /** The keys whose value is of the environment and not the default. */
  given: ReadonlySet<SettingKey>;
}

/** The texts in Redis, one per key in the order of `SETTING_KEYS`; null where there is none. */
export type StoredTexts = readonly (string | null)[];

/** Settings put together of all their sources. */
export interface ResolvedSettings {
  settings: Settings;
  /** The keys whose value is the one in Redis. */
  stored: ReadonlySet<SettingKey>;
  /** Why the text in Redis is not in force, for the keys where it cannot be. */
  problems: ReadonlyMap<SettingKey, string>;
}

/**
 * Reads the environment's part: each setting's name in capitals; set but empty counts as not set.
 * Throws an error with one line per variable that cannot be used and per rule across settings that is broken.
 */
export function baseSettings(env: Environment): BaseSettings {
  const values: Partial<Record<SettingKey, unknown>> = {};
  const problems: string[] = [];
  for (const key of SETTING_KEYS) {
    const variable = key.toUpperCase();
    const text = env[variable];
    if (!text?.trim()) continue;
    try {
      values[key] = parseSettingValue(key, text);
    } catch (error) {
      problems.push(messageOf(error).replace(key, variable));
    }
  }
  const given = new Set(Object.keys(values) as SettingKey[]);
  const settings = followPairs({ ...DEFAULT_SETTINGS, ...values } as Settings, (key) =>
    given.has(key),
  );
  for (const { keys, problem } of brokenRules(settings)) {
    problems.push(`${keys.map((key) => key.toUpperCase()).join(" and ")}: ${problem}`);
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return { settings, given };
}

/**
 * Puts the settings in force together: the text in Redis, else the environment, else the default.
 * A text that cannot be used leaves the value of `last` in force, and so does a pair that breaks a rule
 * across settings, for both of its keys. `last` must break no rule.
 */
export function resolveSettings(
  texts: StoredTexts,
  base: BaseSettings,
  last: Settings = base.settings,
): ResolvedSettings {
  const { values, stored, problems } = readStored(texts, base, last);
  const settings: Record<SettingKey, unknown> = { ...values };
  for (const { keys, problem } of brokenRules(values)) {
    for (const key of keys) {
      settings[key] = last[key];
      if (stored.delete(key)) problems.set(key, problem);
    }
  }
  return { settings: settings as Settings, stored, problems };
}

/** Reads what is in Redis value by value, without the rules across them. */
export function readStored(texts: StoredTexts, base: BaseSettings, last: Settings = base.settings) {
  const values: Record<SettingKey, unknown> = { ...base.settings };
  const stored = new Set<SettingKey>();
  const problems = new Map<SettingKey, string>();
  for (const [index, key] of SETTING_KEYS.entries()) {
    const text = texts[index];
    if (text === null || text === undefined) continue;
    try {
      values[key] = parseSettingValue(key, text);
      stored.add(key);
    } catch (error) {
      values[key] = last[key];
      problems.set(key, messageOf(error));
    }
  }
  const isSet = (key: SettingKey) => stored.has(key) || problems.has(key) || base.given.has(key);
  return { values: followPairs(values as Settings, isSet), stored, problems };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
