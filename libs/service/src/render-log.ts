import type { Redactor } from "./redact.ts";

/** One log entry on its way to the stream; `fields` holds what the caller gave beside the sentence. */
type LogEntry = Readonly<Record<string, unknown>>;

/** Renders one entry as a JSON object on one line. */
export function renderLine(redactor: Redactor, entry: LogEntry): string {
  const own = {
    time: new Date().toISOString(),
    level: entry.level,
    service: entry.service,
    message: redactor.text(String(entry.message)),
  };
  // Named first for the order and again last, so that no field can pass for them.
  return JSON.stringify({ ...own, ...cleanFields(redactor, entry), ...own });
}

/** ANSI colours by level: red, yellow, green, grey. */
const COLOURS: Record<string, number> = { error: 31, warn: 33, info: 32, debug: 90 };

/** Renders one entry for a terminal: time of day (UTC), level, service, sentence, `name=value` fields, stack traces below. */
export function renderPretty(redactor: Redactor, entry: LogEntry): string {
  const { error, ...fields } = cleanFields(redactor, entry);
  const level = String(entry.level);
  const time = new Date().toISOString().slice(11, 23);
  const colour = `\u001b[${COLOURS[level] ?? 0}m${level.padEnd(5)}\u001b[0m`;
  const message = redactor.text(String(entry.message));
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const text = printable([String(entry.service), message, ...pairs].join(" "));
  return [`${time} ${colour} ${text}`, ...errorLines(error)].join("\n");
}

function cleanFields(redactor: Redactor, entry: LogEntry): Record<string, unknown> {
  return redactor.value(entry.fields ?? {}) as Record<string, unknown>;
}

function errorLines(error: unknown): string[] {
  if (error === undefined) return [];
  if (typeof error !== "object" || error === null) return [`  ${printable(String(error))}`];
  const { stack, message, cause } = error as Record<string, unknown>;
  const text = String(stack ?? message ?? JSON.stringify(error));
  const own = text.split("\n").map((line) => `  ${printable(line)}`);
  return cause === undefined ? own : [...own, "  caused by", ...errorLines(cause)];
}

/** A sender's text must not move the cursor or forge a line. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
