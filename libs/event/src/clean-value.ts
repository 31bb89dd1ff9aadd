import { cleanText } from "./text.ts";

/** Attributes nested deeper than this are replaced by the text `[deep]`: deeper ones overflow the stack of whoever writes them as JSON. */
export const MAX_ATTRIBUTE_DEPTH = 32;

const TOO_DEEP = "[deep]";

/** Counts the most bytes that what was read so far can take as JSON. */
export interface SizeBound {
  bytes: number;
}

/** At most six bytes per UTF-16 unit (`\u001b`), and quotes and a comma or colon. */
export function addText(bound: SizeBound, text: string): void {
  bound.bytes += text.length * 6 + 3;
}

/** The longest number is `-2.2250738585072014e-308`, 24 characters, and a comma. */
const MAX_NUMBER_BYTES = 25;

/**
 * A JSON value that is safe to store: every text and name clean, no `__proto__`, at most
 * `MAX_ATTRIBUTE_DEPTH` deep. What is safe already comes back as it is, not as a copy.
 */
export function cleanValue(value: unknown, bound: SizeBound, depth = 0): unknown {
  switch (typeof value) {
    case "string": {
      const text = cleanText(value);
      addText(bound, text);
      return text;
    }
    case "number":
      bound.bytes += MAX_NUMBER_BYTES;
      return value;
    case "object":
      break;
    default:
      bound.bytes += MAX_NUMBER_BYTES;
      return value;
  }
  bound.bytes += MAX_NUMBER_BYTES;
  if (value === null) return null;
  if (depth >= MAX_ATTRIBUTE_DEPTH) return TOO_DEEP;
  return Array.isArray(value)
    ? cleanList(value, bound, depth)
    : cleanObject(value as Record<string, unknown>, bound, depth);
}

function cleanList(list: unknown[], bound: SizeBound, depth: number): unknown[] {
  let changed = false;
  const cleaned = list.map((item) => {
    const clean = cleanValue(item, bound, depth + 1);
    changed ||= clean !== item;
    return clean;
  });
  return changed ? cleaned : list;
}

function cleanObject(
  object: Record<string, unknown>,
  bound: SizeBound,
  depth: number,
): Record<string, unknown> {
  const cleaned: Record<string, unknown> = {};
  let changed = false;
  for (const name of Object.keys(object)) {
    // JSON.parse makes it an own property; assigning it would change the prototype of the copy.
    if (name === "__proto__") {
      changed = true;
      continue;
    }
    const cleanName = cleanText(name);
    addText(bound, cleanName);
    const clean = cleanValue(object[name], bound, depth + 1);
    changed ||= cleanName !== name || clean !== object[name];
    cleaned[cleanName] = clean;
  }
  return changed ? cleaned : object;
}
