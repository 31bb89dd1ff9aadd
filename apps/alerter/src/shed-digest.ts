import { buildShedDigest, type Delivery, type ShedDigest } from "@mutt/alert";
import type { ShedMode } from "@mutt/backpressure";
import { deriveId, type IngestedEvent } from "@mutt/event";
import { createOutageLog, createScript } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";

/** What the digest needs. */
export interface ShedDigestDeps {
  redis: Redis;
  prefix: string;
  team(): string;
  addDeliveries(deliveries: Delivery[]): Promise<void>;
  logger: Logger;
}

/** Tells the default team once a minute what was shed, whichever replica shed it. */
export interface ShedDigests extends AsyncDisposable {
  /** Counts events that were shed; never waits, since a digest may be short of a few and a chunk may not wait. */
  note(mode: ShedMode, events: readonly IngestedEvent[]): void;
}

/** Time between two digests, in milliseconds. */
const EVERY_MS = 60_000;

const LOOK_MS = 2000;

/** Hosts that are named, and those that are counted on the way to them. */
const NAMED_SOURCES = 5;
const COUNTED_SOURCES = 200;

/**
 * KEYS: counts, sources. ARGV[1] sources kept, ARGV[2] number of counts, then name and number of each, then of each
 * source.
 */
const NOTE = createScript(`
local counts = tonumber(ARGV[2])
for i = 3, 2 + 2 * counts, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = 3 + 2 * counts, #ARGV, 2 do redis.call('ZINCRBY', KEYS[2], ARGV[i + 1], ARGV[i]) end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - tonumber(ARGV[1]))
`);

/**
 * Takes what was counted, at most once in a while. It stays as pending until it was sent, so that no crash loses it.
 * KEYS: counts, sources, pending, time of the last one. ARGV[1] time between two in ms, ARGV[2] sources named.
 */
const TAKE = createScript(`
local pending = redis.call('GET', KEYS[3])
if pending then return pending end
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if now - (tonumber(redis.call('GET', KEYS[4]) or '') or 0) < tonumber(ARGV[1]) then return false end
local taken = cjson.encode({
  at = now,
  counts = redis.call('HGETALL', KEYS[1]),
  sources = redis.call('ZREVRANGE', KEYS[2], 0, tonumber(ARGV[2]) - 1, 'WITHSCORES'),
})
redis.call('SET', KEYS[3], taken)
redis.call('SET', KEYS[4], now)
redis.call('DEL', KEYS[1], KEYS[2])
return taken
`);

/** Forgets what was sent, unless another replica has taken the next one already. KEYS[1] pending, ARGV[1] what was sent. */
const SENT = createScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** Starts sending digests while something is shed. */
export function startShedDigests(deps: ShedDigestDeps): ShedDigests {
  const { redis, prefix, logger } = deps;
  const [counts, sources, pending, last] = [
    `${prefix}:shed-digest:counts`,
    `${prefix}:shed-digest:sources`,
    `${prefix}:shed-digest:pending`,
    `${prefix}:shed-digest:last`,
  ] as const;
  const outage = createOutageLog(logger, "sending the digest of what was shed");
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function send(): Promise<void> {
    const keys = [counts, sources, pending, last];
    const taken = (await TAKE.run(redis, keys, [EVERY_MS, NAMED_SOURCES])) as string | null;
    if (taken === null) return;
    const digest = parseTaken(prefix, taken, deps.team());
    await deps.addDeliveries([{ severity: 0, alerts: [buildShedDigest(digest)] }]);
    await SENT.run(redis, [pending], [taken]);
    logger.warn("events are shed", {
      deferred: digest.deferred,
      dead: digest.dead,
      sources: digest.sources,
    });
  }

  async function loop(): Promise<void> {
    try {
      await send();
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void loop(), LOOK_MS);
  }

  void loop();
  return {
    note(mode, events) {
      if (events.length === 0) return;
      const byName = tally(events.map(({ severity }) => `${mode}:${severity}`));
      const byHost = tally(events.map(({ hostname }) => hostname));
      const args = [COUNTED_SOURCES, byName.length / 2, ...byName, ...byHost];
      NOTE.run(redis, [counts, sources], args).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Names and how often each occurs, one after the other. */
function tally(names: readonly string[]): (string | number)[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flat();
}

function parseTaken(prefix: string, taken: string, team: string): ShedDigest {
  const { at, counts, sources } = JSON.parse(taken) as {
    at: number;
    counts: string[];
    // An empty Lua table is written as an object.
    sources: string[] | Record<string, never>;
  };
  const of = (mode: ShedMode) =>
    Object.fromEntries(
      pairs(counts)
        .filter(([name]) => name.startsWith(`${mode}:`))
        .map(([name, count]) => [name.slice(mode.length + 1), Number(count)]),
    );
  return {
    id: deriveId("shed-digest", prefix, at),
    at: new Date(at).toISOString(),
    deferred: of("defer"),
    dead: of("dlq"),
    sources: pairs(Array.isArray(sources) ? sources : []).map(([hostname, events]) => ({
      hostname,
      events: Number(events),
    })),
    team,
  };
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? "",
    flat[2 * index + 1] ?? "",
  ]);
}
