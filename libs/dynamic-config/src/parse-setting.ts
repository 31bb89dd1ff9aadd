import { closest } from "./closest.ts";
import { SettingError } from "./setting-error.ts";
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from "./settings.ts";

/** Checks the name of a setting; throws a `SettingError` that suggests the nearest one. */
export function parseSettingKey(given: string): SettingKey {
  const key = SETTING_KEYS.find((candidate) => candidate === given);
  if (key) return key;
  const nearest = closest(given.toLowerCase(), SETTING_KEYS);
  const cure = nearest ? `did you mean ${nearest}?` : "list the settings to see their names";
  throw new SettingError(
    "unknown_key",
    given,
    `there is no setting ${JSON.stringify(given.slice(0, 64))}: ${cure}`,
  );
}

/**
 * Reads the value of a setting: text as it stands in Redis or the environment, or a JSON number or boolean.
 * White space around it does not count. Throws a `SettingError` that names the key, the kind of value
 * that was given and what is expected.
 */
export function parseSettingValue<K extends SettingKey>(key: K, given: unknown): Settings[K] {
  const { schema, default: example, allowed } = SETTINGS[key];
  const isScalar = ["string", "number", "boolean"].includes(typeof given);
  const result = isScalar ? schema.safeParse(String(given).trim()) : undefined;
  if (result?.success) return result.data as Settings[K];
  throw new SettingError(
    "invalid_value",
    key,
    `${key}: expected ${allowed}, got ${kindOf(given)}; the default is ${example}`,
  );
}

/** Says what was given: numbers as they are, of anything else only its kind. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = String(value).trim();
  if (text === "") return "an empty text";
  if (/^[\d.+-][\d.e+-]{0,23}$/i.test(text)) return text;
  return typeof value === "string" ? "another text" : `a ${typeof value}`;
}
