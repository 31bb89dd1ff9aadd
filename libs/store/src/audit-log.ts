import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";
import type { AuditEntry } from "./audit.ts";
import { storeKeys } from "./keys.ts";
import type { StoreDeps } from "./rule-book.ts";

/** An audit entry with its place in the log. */
export interface StoredAuditEntry extends AuditEntry {
  /** Id in the stream: milliseconds, a dash and a number. */
  id: string;
}

/** Which entries are meant; what is left out does not matter. */
export interface AuditFilter {
  actor?: string | undefined;
  /** An action, or the part before its dot: `rules` means `rules.create` and all the others. */
  action?: string | undefined;
  target?: string | undefined;
  /** Epoch milliseconds; both ends are meant too. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
}

/** A part of the log. */
export interface AuditPage {
  items: StoredAuditEntry[];
  /** Where the next page begins; absent at the end. */
  next?: string;
}

/** Entries read in one go. */
const BATCH = 500;

/** Entries looked at for one page: a filter that nothing meets must not read the whole log in one request. */
const MAX_SCANNED = 10_000;

/**
 * Reads a page of the log, the newest first. A page may hold fewer entries than asked for, or none, and still have a
 * `next`: the filter met no more among the entries looked at.
 */
export async function readAuditPage(
  { redis, prefix }: StoreDeps,
  filter: AuditFilter,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<AuditPage> {
  const key = storeKeys(prefix).audit;
  const oldest = filter.fromMs === undefined ? "-" : String(filter.fromMs);
  let from = after === undefined ? newestOf(filter) : `(${after}`;
  const items: StoredAuditEntry[] = [];
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += BATCH) {
    const rows = await redis.xrevrange(key, from, oldest, "COUNT", BATCH);
    for (const row of rows) {
      const entry = parseRow(row);
      if (!meets(entry, filter)) continue;
      items.push(entry);
      if (items.length === limit) return { items, next: entry.id };
    }
    const last = rows.at(-1)?.[0];
    if (last === undefined || rows.length < BATCH) return { items };
    from = `(${last}`;
  }
  return { items, next: from.slice(1) };
}

/** Reads all entries that a filter means, the oldest first, in batches: the log may be larger than the memory. */
export async function* readAuditBatches(
  { redis, prefix }: StoreDeps,
  filter: AuditFilter,
): AsyncGenerator<StoredAuditEntry[]> {
  const key = storeKeys(prefix).audit;
  // What comes in meanwhile is left out, or a busy log would never end.
  const newest = filter.toMs === undefined ? await lastId(redis, key) : newestOf(filter);
  let from = filter.fromMs === undefined ? "-" : String(filter.fromMs);
  for (;;) {
    const rows = await redis.xrange(key, from, newest, "COUNT", BATCH);
    const entries = rows.map(parseRow).filter((entry) => meets(entry, filter));
    if (entries.length > 0) yield entries;
    const last = rows.at(-1)?.[0];
    if (last === undefined || rows.length < BATCH) return;
    from = `(${last}`;
  }
}

/**
 * Takes entries older than a number of milliseconds away and says how many, in one step.
 * KEYS[1] the stream. ARGV[1] the age, ARGV[2] and ARGV[3] the entry with the count in between.
 */
const TRIM = createScript(`
local clock = redis.call('TIME')
local oldest = clock[1] * 1000 + math.floor(clock[2] / 1000) - tonumber(ARGV[1])
local gone = redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', math.max(oldest, 0)))
if gone > 0 then redis.call('XADD', KEYS[1], '*', 'entry', ARGV[2] .. gone .. ARGV[3]) end
return gone
`);

/** Removes what is older than `retentionDays`; the log says how many went. Returns their number. */
export async function trimAudit(
  { redis, prefix }: StoreDeps,
  retentionDays: number,
): Promise<number> {
  const key = storeKeys(prefix).audit;
  const entry: AuditEntry = {
    actor: "retention",
    action: "audit.expire",
    target: "audit",
    new: { removed: "COUNT", retention_days: retentionDays },
    at: new Date().toISOString(),
  };
  const [before = "", after = ""] = JSON.stringify(entry).split('"COUNT"');
  return Number(await TRIM.run(redis, [key], [retentionDays * 86_400_000, before, after]));
}

function newestOf({ toMs }: AuditFilter): string {
  return toMs === undefined ? "+" : String(toMs);
}

async function lastId(redis: Redis, key: string): Promise<string> {
  const [last] = await redis.xrevrange(key, "+", "-", "COUNT", 1);
  return last?.[0] ?? "+";
}

function parseRow([id, fields]: [string, string[]]): StoredAuditEntry {
  const entry = JSON.parse(fields[1] ?? "{}") as AuditEntry;
  return { id, ...entry };
}

function meets(entry: AuditEntry, { actor, action, target }: AuditFilter): boolean {
  return (
    (actor === undefined || entry.actor === actor) &&
    (action === undefined || entry.action === action || entry.action.startsWith(`${action}.`)) &&
    (target === undefined || entry.target === target)
  );
}
