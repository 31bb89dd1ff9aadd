import { createScript } from "@mutt/redis";
import type { AuditBy, AuditEntry } from "./audit.ts";
import { type StoreKeys, storeKeys } from "./keys.ts";
import { type EditableBook, readEditableBook, type StoreDeps } from "./rule-book.ts";
import { StoreError } from "./store-error.ts";

/** The documents that make up the rule book. */
type Document = Exclude<keyof StoreKeys, "version" | "audit">;

/** One write to a document. */
export type BookWrite =
  | ["HSET", Document, field: string, value: string]
  | ["HDEL", Document, field: string]
  | ["SADD", Document, member: string]
  | ["SREM", Document, member: string]
  | ["SET", Document, value: string]
  | ["DEL", Document];

/** A change that was thought out on a book that was read. */
export interface BookChange<T> {
  /** None: there is nothing to change, and nothing is audited. */
  writes: readonly BookWrite[];
  audit: Pick<AuditEntry, "action" | "target" | "old" | "new">;
  result: T;
}

const DOCUMENTS: readonly Document[] = ["rules", "lastRuleId", "devHosts", "teams"];

/** Changes by people collide rarely, and each attempt takes a few milliseconds. */
const MAX_ATTEMPTS = 10;

/**
 * Writes only over the version that the change was thought out on. The counter goes up first: it is refused when Redis is
 * full, and then nothing has been written.
 * KEYS: version, audit, and the documents. ARGV: the version, the audit entry, then for each write its command, the number of
 * its document, and how many values follow.
 */
const APPLY = createScript(`
if tonumber(redis.call('GET', KEYS[1]) or '0') ~= tonumber(ARGV[1]) then return 0 end
redis.call('INCR', KEYS[1])
redis.call('XADD', KEYS[2], '*', 'entry', ARGV[2])
local i = 3
while i <= #ARGV do
  local key, count = KEYS[2 + tonumber(ARGV[i + 1])], tonumber(ARGV[i + 2])
  redis.call(ARGV[i], key, unpack(ARGV, i + 3, i + 2 + count))
  i = i + 3 + count
end
return 1
`);

/**
 * Changes the rule book: reads it, lets `plan` think, and writes the change together with its audit entry and the new
 * version, or nothing of it. When somebody else was faster, `plan` is asked again with what stands there now. Whatever
 * `plan` throws ends it; `StoreError` "busy" when others were faster ten times.
 */
export async function changeBook<T>(
  deps: StoreDeps,
  by: AuditBy,
  plan: (book: EditableBook) => BookChange<T>,
): Promise<T> {
  const keys = storeKeys(deps.prefix);
  const names = [keys.version, keys.audit, ...DOCUMENTS.map((document) => keys[document])];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const book = await readEditableBook(deps);
    const { writes, audit, result } = plan(book);
    if (writes.length === 0) return result;
    const entry: AuditEntry = { ...by, ...audit, at: new Date().toISOString() };
    const args = [book.version, JSON.stringify(entry), ...writes.flatMap(asArguments)];
    if (Number(await APPLY.run(deps.redis, names, args)) === 1) return result;
  }
  throw new StoreError("busy", "other changes kept coming in between, try again");
}

function asArguments([command, document, ...values]: BookWrite): (string | number)[] {
  return [command, DOCUMENTS.indexOf(document) + 1, values.length, ...values];
}
