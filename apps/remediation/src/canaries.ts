import { forgetCanaries, markCanary, readCanaries } from "@mutt/pipeline-state";
import type { CanaryState, PlacedEntry } from "@mutt/replay";
import type { Redis } from "ioredis";

/** Where the canaries are kept. */
interface CanaryDeps {
  redis: Redis;
  prefix: string;
  /** Of this program: a new one may have mended what failed. */
  version: string;
}

interface Canary {
  alert_id: string;
  at: number;
  version: string;
}

/** How long a canary without an outcome is waited for, and how long an outcome counts, in milliseconds. */
const PENDING_MS = 10 * 60_000;
const KNOWN_MS = 60 * 60_000;

function keyOf(prefix: string): string {
  return `${prefix}:replay-canary-of`;
}

/** Reads what is known of each kind of failure that sent one ahead; forgets what is too old to say anything. */
export async function readCanaryStates({
  redis,
  prefix,
  version,
}: CanaryDeps): Promise<Map<string, CanaryState>> {
  const stored = Object.entries(await redis.hgetall(keyOf(prefix))).map(([fingerprint, text]) => ({
    fingerprint,
    canary: JSON.parse(text) as Canary,
  }));
  const ids = stored.map(({ canary }) => canary.alert_id);
  const outcomes = await readCanaries(redis, prefix, ids);
  const states = new Map<string, CanaryState>();
  const gone: typeof stored = [];
  stored.forEach((each, index) => {
    const state = outcomes[index] ?? "pending";
    const ageMs = Date.now() - each.canary.at;
    const isOver = ageMs > (state === "pending" ? PENDING_MS : KNOWN_MS);
    const isMended = state === "failed" && each.canary.version !== version;
    if (isOver || isMended) gone.push(each);
    else states.set(each.fingerprint, state);
  });
  if (gone.length > 0) {
    await redis.hdel(keyOf(prefix), ...gone.map(({ fingerprint }) => fingerprint));
    await forgetCanaries(
      redis,
      prefix,
      gone.map(({ canary }) => canary.alert_id),
    );
  }
  return states;
}

/** Remembers that an entry goes ahead for its kind of failure, before it does. */
export async function sendAhead(
  { redis, prefix, version }: CanaryDeps,
  { entry }: PlacedEntry,
): Promise<void> {
  await markCanary(redis, prefix, entry.alert_id);
  const canary: Canary = { alert_id: entry.alert_id, at: Date.now(), version };
  await redis.hset(keyOf(prefix), entry.fingerprint, JSON.stringify(canary));
}
