/** Why one event was refused, in the words its sender reads in `results[].error`. */
export interface EventError {
  status: 400;
  /** The name of the field at fault; `event` or `body` when no single field is. */
  field: string;
  /** What is wrong and what to send instead. Never the value itself: it may be long, or secret. */
  detail: string;
}

/** Builds the error for one field. */
export function eventError(field: string, detail: string): EventError {
  return { status: 400, field, detail };
}

/** What kind of JSON value this is, as the end of a sentence such as "hostname is a list". */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return value.trim() === "" ? "empty" : "text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "an object";
  }
}
