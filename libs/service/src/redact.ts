/** Takes secrets out of what is about to be written. */
export interface Redactor {
  /** The text without any known secret and without passwords in URLs. */
  text(text: string): string;
  /** A copy made of plain JSON values, with secret-looking fields blanked and errors written out. */
  value(value: unknown): unknown;
}

const REDACTED = "[redacted]";

/** Shorter ones would blank ordinary words and numbers all over the log. */
const SHORTEST_SECRET = 6;

/** Field names that hold secrets, once lowered and stripped of whatever joins the words. */
const SECRET_FIELD =
  /^(authorization|proxyauthorization|cookie|setcookie|session|csrf|bearer|jwt|.*(password|passwd|passphrase|secret|token|credentials?|apikeys?|privatekey|accesskey))$/;

const URL_PASSWORD = /(:\/\/[^\s:/?#@"]*:)[^\s/?#@"]+@/g;

/** How much of a value is kept. */
export interface RedactLimits {
  /** Levels of nesting. */
  depth: number;
  /** Items of each list. */
  items: number;
}

/** Enough for a log line. */
const LOG_LIMITS: RedactLimits = { depth: 6, items: 100 };

/** Makes a redactor for the secrets that a process knows; field names are recognised without being told. */
export function createRedactor(
  secrets: readonly string[],
  limits: RedactLimits = LOG_LIMITS,
): Redactor {
  const pattern = secretPattern(secrets);
  /** The objects around the one at hand: meeting one of them again is a cycle. */
  const parents: object[] = [];

  const text = (given: string): string => {
    const known = pattern ? given.replace(pattern, REDACTED) : given;
    return known.includes("://") ? known.replace(URL_PASSWORD, `$1${REDACTED}@`) : known;
  };

  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
    if (typeof value !== "object" || value === null) return value;
    if (parents.includes(value)) return "[circular]";
    if (parents.length >= limits.depth) return "[too deep]";
    parents.push(value);
    try {
      return cleanObject(value);
    } catch (error) {
      // A getter or toJSON that throws costs its own field, not the line.
      return `[unreadable: ${error instanceof Error ? error.message : "threw"}]`;
    } finally {
      parents.pop();
    }
  };

  const cleanObject = (value: object): unknown => {
    if (value instanceof Error) return cleanError(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) return cleanFields(Object.fromEntries(value));
    if (value instanceof Set) return cleanItems([...value]);
    if (Array.isArray(value)) return cleanItems(value);
    if ("toJSON" in value && typeof value.toJSON === "function") return clean(value.toJSON());
    return cleanFields(value);
  };

  const cleanItems = (items: unknown[]): unknown[] => {
    const cleaned = items.slice(0, limits.items).map(clean);
    return items.length > limits.items
      ? [...cleaned, `[${items.length - limits.items} more]`]
      : cleaned;
  };

  const cleanFields = (fields: object): Record<string, unknown> => {
    const cleaned: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(fields)) {
      cleaned[text(name)] = isSecretField(name) && field ? REDACTED : clean(field);
    }
    return cleaned;
  };

  /** Own fields such as `code` and `syscall` are often what tells one failure from another. */
  const cleanError = (error: Error): unknown => {
    const { name, message, stack, cause } = error;
    const members = { ...error, name, message, ...(stack !== undefined && { stack }) };
    const errors = error instanceof AggregateError ? { errors: error.errors } : {};
    return cleanFields({ ...members, ...(cause !== undefined && { cause }), ...errors });
  };

  return { text, value: clean };
}

/** Every line asks about the same few names: the answers are kept, within bounds. */
const secretFieldAnswers = new Map<string, boolean>();
const MAX_ANSWERS = 1000;

function isSecretField(name: string): boolean {
  const known = secretFieldAnswers.get(name);
  if (known !== undefined) return known;
  const answer = SECRET_FIELD.test(name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  if (secretFieldAnswers.size < MAX_ANSWERS) secretFieldAnswers.set(name, answer);
  return answer;
}

/** One pattern for every secret, as it is and as it stands in a URL. */
function secretPattern(secrets: readonly string[]): RegExp | undefined {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret)]);
  if (forms.length === 0) return undefined;
  // The longest first, so that a secret that contains another is blanked whole.
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escapePattern).join("|"), "g");
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
