import type { ChainableCommander, Redis } from "ioredis";
import { storeKeys } from "./keys.ts";

/** One change that somebody made. */
export interface AuditEntry {
  /** Who: `cli:<user>` or the name of a key. */
  actor: string;
  /** What the actor's key may do, where there is a key. */
  role?: string;
  /** What was done, such as `rules.import` or `config.set`. */
  action: string;
  /** What it was done to. */
  target: string;
  old?: unknown;
  new?: unknown;
  reason?: string;
  /** ISO 8601. */
  at: string;
}

/** Who makes a change, and why. */
export type AuditBy = Pick<AuditEntry, "actor" | "role" | "reason">;

/** Adds an audit entry to a transaction, so that a change and its entry happen together or not at all. */
export function recordAudit(
  prefix: string,
): (transaction: ChainableCommander, entry: AuditEntry) => void {
  const key = storeKeys(prefix).audit;
  return (transaction, entry) => {
    transaction.xadd(key, "*", "entry", JSON.stringify(entry));
  };
}

/** Adds an entry by itself: for what cannot be one step with its change, and is audited before it. */
export async function addAudit(
  { redis, prefix }: { redis: Redis; prefix: string },
  entry: AuditEntry,
): Promise<void> {
  await redis.xadd(storeKeys(prefix).audit, "*", "entry", JSON.stringify(entry));
}

/** Reads the newest audit entries first; `limit` at most 200. */
export async function readAudit(redis: Redis, prefix: string, limit = 50): Promise<AuditEntry[]> {
  const rows = await redis.xrevrange(
    storeKeys(prefix).audit,
    "+",
    "-",
    "COUNT",
    Math.min(limit, 200),
  );
  return rows.map(([, fields]) => JSON.parse(fields[1] ?? "{}") as AuditEntry);
}
