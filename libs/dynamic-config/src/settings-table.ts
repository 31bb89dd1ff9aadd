import { SETTING_KEYS, SETTINGS } from "./settings.ts";

/** Writes the settings as the rows of a Markdown table with a head: key, default, unit, allowed values, meaning. */
export function settingsTable(): string {
  const rows = SETTING_KEYS.map((key) => {
    const { default: fallback, unit, allowed, description } = SETTINGS[key];
    return [`\`${key}\``, `\`${fallback}\``, unit, allowed, description].join(" | ");
  });
  const head = ["key | default | unit | allowed | what it does", "--- | --- | --- | --- | ---"];
  return `${[...head, ...rows].map((row) => `| ${row} |`).join("\n")}\n`;
}
