import { SETTING_KEYS, type SettingKey } from "./settings.ts";

/** Name of the Redis key that holds a setting as plain text. */
export function configKey(prefix: string, key: SettingKey): string {
  return `${prefix}:config:${key}`;
}

/** The Redis keys of all settings, in the order of `SETTING_KEYS`. */
export function configKeys(prefix: string): string[] {
  return SETTING_KEYS.map((key) => configKey(prefix, key));
}

/** Name of the channel on which the key of every change is published. */
export function configChannel(prefix: string): string {
  return `${prefix}:config:updates`;
}
