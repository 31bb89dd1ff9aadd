import { createScript } from "@mutt/redis";
import { auditEntry } from "./audit.ts";
import type { OrderBy, OrderDeps, RedriveDeps } from "./deps.ts";
import { redriveKeys } from "./keys.ts";
import { requireReason } from "./orders.ts";
import { RedriveError } from "./redrive-error.ts";

/** A kind of failure that is not replayed, by whom it was put aside and why. */
export interface Quarantined {
  fingerprint: string;
  actor: string;
  reason: string;
  /** ISO 8601. */
  at: string;
}

/** KEYS: quarantine, audit. ARGV: fingerprint, document, audit entry. */
const QUARANTINE = createScript(`
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'entry', ARGV[3])
return 1
`);

/** KEYS: quarantine, audit. ARGV: fingerprint, audit entry. */
const RELEASE = createScript(`
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'entry', ARGV[2])
return 1
`);

/**
 * Keeps a kind of failure, with what is still to come of it, from being replayed: by itself never, by a redrive only when
 * its filter names the kind. Rejects with a `RedriveError`: "invalid" names the field, "conflict" says it is aside already.
 */
export async function quarantineGroup(
  { redis, prefix, auditKey }: OrderDeps,
  fingerprint: string,
  by: OrderBy,
): Promise<Quarantined> {
  const reason = requireReason(by.reason);
  const document: Quarantined = {
    fingerprint: checkFingerprint(fingerprint),
    actor: by.actor,
    reason,
    at: new Date().toISOString(),
  };
  const action = { action: "dlq.quarantine", target: fingerprint, new: { fingerprint } };
  const entry = auditEntry({ ...by, reason }, action, document.at);
  const keys = [redriveKeys(prefix).quarantine, auditKey];
  const args = [fingerprint, JSON.stringify(document), entry];
  if (Number(await QUARANTINE.run(redis, keys, args)) === 1) return document;
  throw new RedriveError("conflict", `group ${fingerprint} is quarantined already`);
}

/** Lets a kind of failure be replayed again. Rejects with a `RedriveError`, "not_found" when it was not put aside. */
export async function releaseGroup(
  { redis, prefix, auditKey }: OrderDeps,
  fingerprint: string,
  by: OrderBy,
): Promise<void> {
  const reason = requireReason(by.reason);
  const action = {
    action: "dlq.release",
    target: checkFingerprint(fingerprint),
    old: { fingerprint },
  };
  const keys = [redriveKeys(prefix).quarantine, auditKey];
  const args = [fingerprint, auditEntry({ ...by, reason }, action)];
  if (Number(await RELEASE.run(redis, keys, args)) === 1) return;
  throw new RedriveError("not_found", `group ${fingerprint} is not quarantined`);
}

/** Reads the kinds that are put aside, by fingerprint. */
export async function readQuarantined({
  redis,
  prefix,
}: RedriveDeps): Promise<Map<string, Quarantined>> {
  const stored = await redis.hgetall(redriveKeys(prefix).quarantine);
  return new Map(
    Object.entries(stored).map(([fingerprint, text]) => [
      fingerprint,
      JSON.parse(text) as Quarantined,
    ]),
  );
}

function checkFingerprint(fingerprint: string): string {
  if (/^[0-9a-f]{16}$/.test(fingerprint)) return fingerprint;
  throw new RedriveError(
    "invalid",
    "fingerprint: expected 16 hexadecimal digits, as the list of groups shows them",
    "fingerprint",
  );
}
