import { expect, test } from "vitest";
import { controlOf, parseText } from "./setting-value.ts";

test.each([
  ["boolean", "true, false, 1 or 0", { kind: "choice", options: ["true", "false"] }],
  ["choice", "dlq or defer", { kind: "choice", options: ["dlq", "defer"] }],
  ["integer", "a whole number from 1 to 5", { kind: "number" }],
  ["text", "1 to 100 printable characters", { kind: "text" }],
])("a setting of type %s is changed with the control that fits", (type, allowed, control) => {
  expect(controlOf({ type, allowed })).toEqual(control);
});

test.each([
  ["boolean", "false", false],
  ["integer", "20", 20],
  ["number", "0.995", 0.995],
  ["number", "", ""],
  ["text", "20", "20"],
  ["choice", "defer", "defer"],
])("of type %s, %s is sent as %s", (type, text, value) => {
  expect(parseText(text, { type })).toBe(value);
});
