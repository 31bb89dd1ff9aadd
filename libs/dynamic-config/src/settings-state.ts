import {
  type BaseSettings,
  type ResolvedSettings,
  resolveSettings,
  type StoredTexts,
} from "./resolve-settings.ts";
import { SETTING_KEYS, type SettingKey, type Settings } from "./settings.ts";

/** The calls of a logger that are needed here. */
export interface SettingsLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Told which settings changed and of all that are now in force. */
export type SettingsListener = (changed: readonly SettingKey[], settings: Settings) => void;

/** The settings in force and those who want to know of their changes. */
export interface SettingsState {
  current(): Settings;
  /** Puts what was read from Redis in force. */
  apply(texts: StoredTexts): void;
  /** Adds a listener; the returned function takes it away. */
  onChange(listener: SettingsListener): () => void;
}

/**
 * Makes the state that starts from environment and defaults.
 * A text that cannot be used is logged and told to `onInvalid` once, until another text takes its place.
 */
export function createSettingsState(
  base: BaseSettings,
  logger: SettingsLog,
  onInvalid?: (key: SettingKey) => void,
): SettingsState {
  const listeners = new Set<SettingsListener>();
  const reported = new Map<SettingKey, string>();
  let settings: Settings = Object.freeze({ ...base.settings });

  const report = (texts: StoredTexts, { problems }: ResolvedSettings) => {
    for (const [index, key] of SETTING_KEYS.entries()) {
      const detail = problems.get(key);
      const text = texts[index] ?? "";
      if (detail === undefined) {
        reported.delete(key);
      } else if (reported.get(key) !== text) {
        reported.set(key, text);
        const message = "stored setting not usable, the last good value stays in force";
        logger.error(message, { key, in_force: settings[key], detail });
        onInvalid?.(key);
      }
    }
  };

  const announce = (changed: SettingKey[]) => {
    logger.info("settings changed", {
      settings: Object.fromEntries(changed.map((key) => [key, settings[key]])),
    });
    for (const listener of listeners) {
      try {
        listener(changed, settings);
      } catch (error) {
        logger.error("a listener to settings failed", { error });
      }
    }
  };

  return {
    current: () => settings,
    apply(texts) {
      const resolved = resolveSettings(texts, base, settings);
      const changed = SETTING_KEYS.filter((key) => resolved.settings[key] !== settings[key]);
      if (changed.length > 0) settings = Object.freeze(resolved.settings);
      report(texts, resolved);
      if (changed.length > 0) announce(changed);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
