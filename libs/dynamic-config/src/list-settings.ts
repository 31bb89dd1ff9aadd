import { configKeys } from "./config-keys.ts";
import { baseSettings, type Environment, resolveSettings } from "./resolve-settings.ts";
import type { SettingType, SettingValue } from "./setting-kinds.ts";
import { SETTING_KEYS, SETTINGS, type SettingKey } from "./settings.ts";
import type { SettingsReader } from "./start-dynamic-config.ts";

/** One setting as an operator sees it. */
export interface SettingRow {
  key: SettingKey;
  /** The value in force. */
  value: SettingValue;
  default: SettingValue;
  source: "redis" | "environment" | "default";
  type: SettingType;
  /** What may be given, in words. */
  allowed: string;
  unit: string;
  description: string;
  /** Why the text in Redis is not in force, where it cannot be. */
  problem?: string;
}

/** Where settings are read. */
export interface ListSettingsDeps {
  redis: SettingsReader;
  prefix: string;
  env: Environment;
}

/**
 * Lists every setting with its value and where that comes from, in the order of the documentation.
 * The environment is that of the asking process. Rejects when Redis cannot be read.
 */
export async function listSettings({
  redis,
  prefix,
  env,
}: ListSettingsDeps): Promise<SettingRow[]> {
  const base = baseSettings(env);
  const resolved = resolveSettings(await redis.mget(...configKeys(prefix)), base);
  return SETTING_KEYS.map((key) => {
    const { default: fallback, type, allowed, unit, description } = SETTINGS[key];
    const elsewhere = base.given.has(key) ? "environment" : "default";
    const problem = resolved.problems.get(key);
    return {
      key,
      value: resolved.settings[key],
      default: fallback,
      source: resolved.stored.has(key) ? "redis" : elsewhere,
      type,
      allowed,
      unit,
      description,
      ...(problem !== undefined && { problem }),
    };
  });
}
