import type { Writable } from "node:stream";
import { createLogger as createWinston, format, transports } from "winston";
import { createRedactor } from "./redact.ts";
import { renderLine, renderPretty } from "./render-log.ts";

/** Log levels, most severe first. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** What belongs to a line beside its sentence: ids, counts, an `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

type Write = (message: string, fields?: LogFields) => void;

/** Writes log lines; other libs ask for the few methods they use, by shape. */
export interface Logger {
  error: Write;
  warn: Write;
  info: Write;
  debug: Write;
  /** True when lines of this level are written: guard whatever is costly to put together. */
  isEnabled(level: LogLevel): boolean;
  /** The same logger with fields that every line carries. */
  child(fields: LogFields): Logger;
  /** Resolves once everything logged so far is handed to the stream, after 1 s at most: await it before an exit. */
  flush(): Promise<void>;
}

/** What a logger needs. */
export interface LoggerOptions {
  service: string;
  level: LogLevel;
  /** Secrets that must not appear in any line, such as those of `secretsIn`. */
  secrets?: readonly string[];
  /** Where lines go; standard output when left out. */
  stream?: Writable & { isTTY?: boolean };
}

const RANK: Record<LogLevel, number> = { error: 0, warn: 1, info: 2, debug: 3 };
const FLUSH_LIMIT_MS = 1000;
const FLUSH_POLL_MS = 5;

/** A level that is off costs one empty call: winston would format the line before dropping it. */
const off: Write = () => {};

/**
 * Makes the logger of a process: one JSON object per line with `time`, `level`, `service`, `message`
 * and the fields, or readable lines on a terminal. Secrets are redacted, errors are written out with
 * their causes, and no field, however odd, makes it throw.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level: threshold, service, stream = process.stdout } = options;
  // A reader of the log that goes away must not take the pipeline with it.
  stream.on("error", () => {});
  const redactor = createRedactor(options.secrets ?? []);
  const render = stream.isTTY ? renderPretty : renderLine;
  const winston = createWinston({
    level: threshold,
    levels: RANK,
    format: format.printf((info) => render(redactor, info)),
    transports: [new transports.Stream({ stream })],
  });

  const isEnabled = (level: LogLevel) => RANK[level] <= RANK[threshold];

  const writer = (level: LogLevel, base: LogFields): Write => {
    if (!isEnabled(level)) return off;
    // Nested on purpose: a field called `message` or `level` must not replace the line's own.
    return (message, fields) =>
      void winston.log({ level, message, service, fields: { ...base, ...fields } });
  };

  const withFields = (base: LogFields): Logger => ({
    error: writer("error", base),
    warn: writer("warn", base),
    info: writer("info", base),
    debug: writer("debug", base),
    isEnabled,
    child: (fields) => withFields({ ...base, ...fields }),
    flush: () =>
      emptied(() => winston.writableLength + winston.readableLength + stream.writableLength),
  });
  return withFields({});
}

async function emptied(pending: () => number): Promise<void> {
  const until = Date.now() + FLUSH_LIMIT_MS;
  // The first look comes a turn later: winston's pipe starts to flow on the next tick.
  await new Promise((resolve) => setImmediate(resolve));
  while (pending() > 0 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, FLUSH_POLL_MS));
  }
}
