import type { Setting, SettingValue } from "../../api/settings.ts";

/** The control that fits a setting. */
export type Control = { kind: "number" | "text" } | { kind: "choice"; options: string[] };

/** Says with which control a setting is changed; the words of a choice are in what is allowed. */
export function controlOf({ type, allowed }: Pick<Setting, "type" | "allowed">): Control {
  switch (type) {
    case "boolean":
      return { kind: "choice", options: ["true", "false"] };
    case "choice":
      return { kind: "choice", options: allowed.split(" or ") };
    case "integer":
    case "number":
      return { kind: "number" };
    default:
      return { kind: "text" };
  }
}

/** What is sent for a text of the control; the server says what is wrong with one that does not fit. */
export function parseText(text: string, { type }: Pick<Setting, "type">): SettingValue {
  if (type === "boolean") return text === "true";
  const isNumber = type === "integer" || type === "number";
  const number = Number(text);
  return isNumber && text.trim() !== "" && !Number.isNaN(number) ? number : text;
}
