import { type EventError, eventError } from "./event-error.ts";
import { findJsonError } from "./json-error.ts";
import { isNestedTooDeep, MAX_NESTING } from "./nesting.ts";

/** The most events one request may hold. */
export const MAX_EVENTS_PER_REQUEST = 10_000;

/** One member of a list: what it holds, or why it could not be read. */
export type IngestItem = { value: unknown } | { error: EventError };

/** What a request body turned out to be. */
export type IngestBody =
  | { kind: "single"; value: unknown }
  /** One item more than `MAX_EVENTS_PER_REQUEST` when there are too many: the rest is not read. */
  | { kind: "list"; items: IngestItem[] }
  | { kind: "invalid"; detail: string };

/**
 * Splits the text of a request into its events, which are still to be normalised. `ndjson` is one
 * event per line and always a list; a line that is not JSON is an error of its own, with its number.
 * `json` is one value, a list for a JSON array; lines of objects are taken too, as log shippers
 * send them under that type. A byte order mark, CRLF and blank lines do not matter.
 */
export function parseIngestBody(text: string, contentType: "json" | "ndjson"): IngestBody {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (body.trim() === "") {
    return { kind: "invalid", detail: "the body is empty; send a JSON object, an array or NDJSON" };
  }
  return contentType === "ndjson" ? { kind: "list", items: parseLines(body) } : parseJson(body);
}

function parseJson(body: string): IngestBody {
  let value: unknown;
  try {
    value = parseText(body);
  } catch {
    return parseObjectLines(body) ?? { kind: "invalid", detail: describeError(body) };
  }
  if (!Array.isArray(value)) return { kind: "single", value };
  if (value.length === 0) {
    return { kind: "invalid", detail: "the array is empty; send at least one event" };
  }
  const items = value
    .slice(0, MAX_EVENTS_PER_REQUEST + 1)
    .map((item: unknown) => ({ value: item }));
  return { kind: "list", items };
}

/** Lines of objects sent as plain JSON; undefined when the text does not look like that. */
function parseObjectLines(body: string): IngestBody | undefined {
  if (!/^\s*\{/.test(body) || !/\n[ \t]*\{/.test(body)) return undefined;
  const items = parseLines(body);
  // Objects written over many lines have lines that start with a brace too, and none that is JSON.
  return items.some((item) => "value" in item) ? { kind: "list", items } : undefined;
}

function parseLines(body: string): IngestItem[] {
  const items: IngestItem[] = [];
  let lineNumber = 0;
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf("\n", start);
    const line = body.slice(start, end === -1 ? body.length : end);
    start = end === -1 ? body.length : end + 1;
    lineNumber += 1;
    if (line.trim() === "") continue;
    items.push(parseLine(line, lineNumber));
    if (items.length > MAX_EVENTS_PER_REQUEST) break;
  }
  return items;
}

function parseLine(line: string, lineNumber: number): IngestItem {
  try {
    return { value: parseText(line) };
  } catch {
    return { error: eventError("body", `line ${lineNumber}: ${describeError(line)}`) };
  }
}

function parseText(text: string): unknown {
  if (isNestedTooDeep(text)) throw new SyntaxError("nested too deep");
  return JSON.parse(text);
}

/** Where and why a text is not JSON, without any of the text: it may be long, or secret. */
function describeError(text: string): string {
  if (isNestedTooDeep(text)) {
    return `nested too deep: lists and objects may be ${MAX_NESTING} levels deep`;
  }
  const error = findJsonError(text);
  if (error === undefined) return "not valid JSON";
  const before = text.slice(0, error.position);
  const line = before.split("\n").length;
  const column = error.position - before.lastIndexOf("\n");
  const place = line === 1 ? `position ${error.position}` : `line ${line}, column ${column}`;
  return `not valid JSON: ${error.problem} (${place})`;
}
