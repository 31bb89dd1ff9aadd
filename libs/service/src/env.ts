import { z } from "zod";

/** The environment as Node gives it; only an entry file reads the real one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a process cannot start without is missing or unusable; each line of the message names one variable and the cure. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/** Bounds and default of a whole-number variable. */
interface IntegerVariable {
  default: number;
  min: number;
  max: number;
  description: string;
}

/**
 * A variable that holds a whole number, written in plain digits.
 * "1e3", "0x10", "1.5" and signs are refused rather than guessed at.
 */
export function integerVariable(options: IntegerVariable): z.ZodType<number, string | undefined> {
  const { min, max } = options;
  const error = `expected a whole number from ${min} to ${max}, for example ${options.default}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error })
    .default(options.default)
    .describe(options.description);
}

/** A variable that holds a TCP port; 0 asks the system for a free one. */
export function portVariable(
  defaultPort: number,
  description = "TCP port to listen on; 0 takes a free one",
): z.ZodType<number, string | undefined> {
  return integerVariable({ default: defaultPort, min: 0, max: 65_535, description });
}

/** Variables that every app has; spread them into the app's own `z.object`. */
export const baseEnv = {
  HOST: z
    .string()
    .trim()
    .regex(/^\S+$/, { error: "expected one address to listen on, for example 127.0.0.1" })
    .default("127.0.0.1")
    .describe("Address to listen on; 0.0.0.0 in a container"),
  LOG_LEVEL: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(
      z.enum(["error", "warn", "info", "debug"], { error: "expected error, warn, info or debug" }),
    )
    .default("info")
    .describe("Least severe level that is logged: error, warn, info or debug"),
  SHUTDOWN_TIMEOUT_MS: integerVariable({
    default: 25_000,
    min: 100,
    max: 3_600_000,
    description: "Milliseconds that a stopping app has to finish or give back its work",
  }),
  QUEUE_PREFIX: z
    .string()
    // No space and no glob character: the prefix also becomes part of patterns that find keys.
    .regex(/^[\w.:{}-]{1,100}$/, {
      error: "expected 1 to 100 letters, digits or any of . : _ - { }, for example mutt",
    })
    .default("mutt")
    .describe("Start of every key in Redis; {mutt} on Redis Cluster"),
};

/**
 * Reads the environment through a schema.
 * A variable that is set but empty counts as not set, as compose files and charts write it.
 * Throws an `EnvironmentError` with one line per bad variable; values are never printed, they may be secrets.
 */
export function parseEnv<T>(schema: z.ZodType<T>, env: Environment): T {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => problemLine(issue, given));
  throw new EnvironmentError([...new Set(lines)].join("\n"));
}

function problemLine(issue: z.core.$ZodIssue, given: Environment): string {
  const variable = String(issue.path[0] ?? "environment");
  if (issue.path.length > 0 && given[variable] === undefined) {
    const cure = issue.message.startsWith("Invalid input") ? "set it" : issue.message;
    return `${variable} is not set: ${cure}`;
  }
  return `${variable}: ${issue.message}`;
}

/** Names of variables that hold headers as `name=value,…`; what their values are for nobody can tell. */
const HEADER_VARIABLE = /HEADERS$/;

/** Names of variables whose values are secrets. */
const SECRET_VARIABLE = /KEYS?$|PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL/;

/**
 * Finds the secrets in an environment, for the logger to redact: whole values, the parts of
 * `name:secret,…` lists, the values of headers and the passwords of URLs. Never throws.
 */
export function secretsIn(env: Environment): string[] {
  const secrets = new Set<string>();
  for (const [variable, value] of Object.entries(env)) {
    if (!value) continue;
    for (const [, password] of value.matchAll(/:\/\/[^\s:/?#@]*:([^\s/?#@]+)@/g)) {
      if (password) for (const form of [password, decoded(password)]) secrets.add(form);
    }
    const entries = value.split(",").map((entry) => entry.trim());
    if (HEADER_VARIABLE.test(variable.toUpperCase())) {
      for (const header of entries) {
        const given = header.slice(header.indexOf("=") + 1).trim();
        for (const form of [given, decoded(given)]) {
          secrets.add(form).add(form.slice(form.lastIndexOf(" ") + 1));
        }
      }
    }
    if (!SECRET_VARIABLE.test(variable.toUpperCase())) continue;
    for (const secret of entries) secrets.add(secret.slice(secret.lastIndexOf(":") + 1));
    secrets.add(value);
  }
  return [...secrets];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a bare % is not URL-encoded: the text as written is all there is.
    return text;
  }
}
