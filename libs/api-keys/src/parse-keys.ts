import { ROLES, type Role } from "./roles.ts";

/** A key of the ingest API as it is written down. */
export interface IngestKey {
  name: string;
  secret: string;
}

/** A key of the admin API as it is written down. */
export interface AdminKey extends IngestKey {
  role: Role;
}

/** A list of keys that cannot be used; the message says which entry and why, never a secret. */
export class ApiKeyError extends Error {
  override readonly name = "ApiKeyError";
}

const SHORTEST_SECRET = 16;
const LONGEST_SECRET = 512;
const NAME = /^[\w.@-]{1,64}$/;
/** Printable ASCII without the space, which headers lose at their ends, and the comma, which separates entries. */
const SECRET = /^[!-+\--~]+$/;

/**
 * Reads `name:secret` entries, separated by commas or, as in a file, by lines; `#` starts a comment line.
 * Names are 1 to 64 letters, digits or `. _ @ -`, secrets 16 to 512 printable ASCII characters without
 * space and comma. Throws an `ApiKeyError` for the first entry that breaks this, for a name or secret
 * given twice, and for a list without any entry.
 */
export function parseIngestKeys(text: string): IngestKey[] {
  return parseKeys(text, "name:secret", (entry, place) => {
    const [name, secret] = split(entry, 2);
    if (secret === undefined) throw new ApiKeyError(`${place}: expected name:secret`);
    return { name: checkedName(name, place), secret };
  });
}

/**
 * Reads `name:role:secret` entries; roles are `viewer`, `operator` and `admin`, all else is as in `parseIngestKeys`.
 */
export function parseAdminKeys(text: string): AdminKey[] {
  return parseKeys(text, "name:role:secret", (entry, place) => {
    const [name, role, secret] = split(entry, 3);
    const known = ROLES.find((candidate) => candidate === role);
    // The text between the colons may be a secret whose role was forgotten: it is not repeated.
    if (secret === undefined || known === undefined) {
      throw new ApiKeyError(
        `${place}: expected name:role:secret with the role ${ROLES.join(", ")}`,
      );
    }
    return { name: checkedName(name, place), role: known, secret };
  });
}

function parseKeys<K extends IngestKey>(
  text: string,
  form: string,
  parseEntry: (entry: string, place: string) => K,
): K[] {
  const lines = text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith("#"));
  const entries = lines.flatMap((line) => line.split(",")).map((entry) => entry.trim());
  const keys = entries
    .filter((entry) => entry !== "")
    .map((entry, index) => {
      const place = `key ${index + 1}`;
      const key = parseEntry(entry, place);
      checkSecret(key, place);
      return key;
    });
  if (keys.length === 0) throw new ApiKeyError(`no key: expected ${form}, or several with commas`);
  checkDistinct(keys);
  return keys;
}

/** Splits at the first colons only: a secret may hold more of them. */
function split(entry: string, parts: number): string[] {
  const pieces = entry.split(":");
  if (pieces.length <= parts) return pieces;
  return [...pieces.slice(0, parts - 1), pieces.slice(parts - 1).join(":")];
}

function checkedName(name: string | undefined, place: string): string {
  if (name !== undefined && NAME.test(name)) return name;
  throw new ApiKeyError(`${place}: its name must be 1 to 64 letters, digits or any of . _ @ -`);
}

function checkSecret({ name, secret }: IngestKey, place: string): void {
  const { length } = secret;
  if (length < SHORTEST_SECRET || length > LONGEST_SECRET) {
    throw new ApiKeyError(
      `${place} (${name}): its secret has ${length} characters, it needs ${SHORTEST_SECRET} to ${LONGEST_SECRET}`,
    );
  }
  if (!SECRET.test(secret)) {
    throw new ApiKeyError(`${place} (${name}): its secret must be printable ASCII without spaces`);
  }
}

/** Checks that no name and no secret stands twice: each request is of exactly one key. */
export function checkDistinct(keys: readonly IngestKey[]): void {
  const nameOf = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, secret } of keys) {
    if (names.has(name))
      throw new ApiKeyError(`two keys are named ${name}: give each its own name`);
    const other = nameOf.get(secret);
    if (other !== undefined) {
      throw new ApiKeyError(`${other} and ${name} have the same secret: give each its own`);
    }
    names.add(name);
    nameOf.set(secret, name);
  }
}
