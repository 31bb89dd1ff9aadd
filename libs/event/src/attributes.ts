import { addText, cleanValue, type SizeBound } from "./clean-value.ts";
import type { SeverityField } from "./severity.ts";
import { cleanText } from "./text.ts";

/**
 * Everything the sender gave that is not a field of its own, clean. The members of an `attributes`
 * object stand beside the others; of two with one name the outer one stays. `severityField` is the
 * field that became the severity: the other one is an attribute. Undefined when nothing is left.
 */
export function readAttributes(
  given: Record<string, unknown>,
  severityField: SeverityField | undefined,
  bound: SizeBound,
): Record<string, unknown> | undefined {
  let attributes: Record<string, unknown> | undefined;
  const nested = given.attributes;
  if (typeof nested === "object" && nested !== null && !Array.isArray(nested)) {
    for (const name of Object.keys(nested)) {
      attributes = addAttribute(attributes, name, (nested as typeof given)[name], bound);
    }
  }
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (isOwnField(name, severityField)) continue;
    if (name === "attributes" && typeof value === "object" && !Array.isArray(value)) continue;
    attributes = addAttribute(attributes, name, value, bound);
  }
  return attributes;
}

function addAttribute(
  attributes: Record<string, unknown> | undefined,
  name: string,
  value: unknown,
  bound: SizeBound,
): Record<string, unknown> | undefined {
  // Names that start with an underscore are private to a pipeline, and `__proto__` is one of them.
  if (name.startsWith("_")) return attributes;
  const cleanName = cleanText(name);
  addText(bound, cleanName);
  const result = attributes ?? {};
  result[cleanName] = cleanValue(value, bound);
  return result;
}

/** True for the names that become fields of the event. A second severity, not used, is an attribute. */
function isOwnField(name: string, severityField: SeverityField | undefined): boolean {
  switch (name) {
    case "hostname":
    case "message":
    case "timestamp":
    case "trap_oid":
      return true;
    case "syslog_severity":
    case "severity":
      return severityField === undefined || name === severityField;
    default:
      return false;
  }
}
