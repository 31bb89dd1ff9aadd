import type { DeadLetter } from "@mutt/dead-letter";
import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";
import type { DeadLetterQueueName } from "./names.ts";

/** Where an entry stands: parked, held back by a gate, about to be parked, or in a worker's hands. */
export type DeadLetterState = "failed" | "delayed" | "waiting";

/** What has to be known of a queue to read it: an open queue will do, and so will its name and keys. */
export interface DeadLetterKeys {
  name: string;
  toKey(type: string): string;
}

/** One dead letter with its place. */
export interface DeadLetterItem {
  /** Id of its job. */
  id: string;
  queue: DeadLetterQueueName;
  state: DeadLetterState;
  entry: DeadLetter;
  /** A page that begins `after` this one goes on behind the entry. */
  cursor: string;
}

/** A part of a dead letter queue. */
export interface DeadLetterPage {
  items: DeadLetterItem[];
  /** Where the next page begins; absent at the end. */
  next?: string;
}

/** Which part is read. */
export interface DeadLetterPageOptions {
  state?: DeadLetterState;
  /** What the page before gave as `next`. */
  after?: string | undefined;
  /** Entries at most; each is read as a whole, so keep it to a few hundred. */
  limit: number;
  newestFirst?: boolean;
}

/**
 * Finds the ids that follow one in a sorted set, by rank: entries that leave or come meanwhile move no page. When the one
 * named has left, its score says where to go on.
 * KEYS[1] the set. ARGV: id, score, limit, 1 for the newest first.
 */
const FOLLOWING = createScript(`
local reverse = ARGV[4] == '1'
local from = 0
if ARGV[1] ~= '' then
  local rank = redis.call(reverse and 'ZREVRANK' or 'ZRANK', KEYS[1], ARGV[1])
  if rank then from = rank + 1
  elseif reverse then from = redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[2], '+inf')
  else from = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[2]) end
end
return redis.call(reverse and 'ZREVRANGE' or 'ZRANGE', KEYS[1], from, from + tonumber(ARGV[3]) - 1, 'WITHSCORES')
`);

/**
 * Reads a page of a dead letter queue, the oldest first unless told otherwise. Its cost depends on the page alone, not on
 * the length of the queue. An entry whose data cannot be read is left out.
 */
export async function readDeadLetterPage(
  redis: Redis,
  queue: DeadLetterKeys,
  { state = "failed", after = "", limit, newestFirst = false }: DeadLetterPageOptions,
): Promise<DeadLetterPage> {
  const found =
    state === "waiting"
      ? await waitingAfter(redis, queue.toKey("wait"), after, limit)
      : await sortedAfter(redis, queue.toKey(state), { after, limit, newestFirst });
  const entries = await readEntries(
    redis,
    queue,
    found.map(({ id }) => id),
  );
  const name = queue.name as DeadLetterQueueName;
  const items = entries.flatMap(({ id, entry }, index) =>
    entry ? [{ id, queue: name, state, entry, cursor: found[index]?.cursor ?? "" }] : [],
  );
  const last = found.at(-1);
  return { items, ...(last && found.length === limit ? { next: last.cursor } : {}) };
}

/** Reads one entry by the id of its job; `undefined` when there is none. */
export async function readDeadLetter(
  redis: Redis,
  queue: DeadLetterKeys,
  id: string,
): Promise<Omit<DeadLetterItem, "cursor"> | undefined> {
  const [found] = await readEntries(redis, queue, [id]);
  if (found?.entry === undefined) return undefined;
  const isParked = (await redis.zscore(queue.toKey("failed"), id)) !== null;
  const isDelayed = !isParked && (await redis.zscore(queue.toKey("delayed"), id)) !== null;
  const state = isParked ? "failed" : isDelayed ? "delayed" : "waiting";
  return { id, queue: queue.name as DeadLetterQueueName, state, entry: found.entry };
}

interface Found {
  id: string;
  cursor: string;
}

async function sortedAfter(
  redis: Redis,
  key: string,
  { after, limit, newestFirst }: { after: string; limit: number; newestFirst: boolean },
): Promise<Found[]> {
  const [score = "", id = ""] = splitCursor(after);
  const args = [id, score, limit, newestFirst ? 1 : 0];
  const flat = (await FOLLOWING.run(redis, [key], args)) as string[];
  return Array.from({ length: flat.length / 2 }, (_, index) => {
    const [each = "", at = ""] = flat.slice(2 * index, 2 * index + 2);
    return { id: each, cursor: `${at} ${each}` };
  });
}

function splitCursor(after: string): [string?, string?] {
  const space = after.indexOf(" ");
  return space === -1 ? [] : [after.slice(0, space), after.slice(space + 1)];
}

/** What has not been parked yet is short-lived: an offset from the oldest end will do. */
async function waitingAfter(
  redis: Redis,
  key: string,
  after: string,
  limit: number,
): Promise<Found[]> {
  const offset = Number.parseInt(after, 10) || 0;
  const ids = (await redis.lrange(key, -(offset + limit), -(offset + 1))).reverse();
  return ids.map((id, index) => ({ id, cursor: String(offset + index + 1) }));
}

async function readEntries(
  redis: Redis,
  queue: { toKey(type: string): string },
  ids: readonly string[],
): Promise<{ id: string; entry: DeadLetter | undefined }[]> {
  if (ids.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hget(queue.toKey(id), "data");
  const replies = (await pipeline.exec()) ?? [];
  return ids.map((id, index) => ({ id, entry: parseEntry(replies[index]?.[1]) }));
}

/** Anybody can add a job to a queue: what has no shape of a dead letter is none. */
function parseEntry(data: unknown): DeadLetter | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const entry = JSON.parse(data) as DeadLetter;
    return isDeadLetter(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** As much as whoever reads it relies on; throws for what is no object at all. */
function isDeadLetter(entry: DeadLetter): boolean {
  const event = entry.origin_queue === "alert" ? entry.payload.custom_info.event : entry.payload;
  const texts = [entry.alert_id, entry.fingerprint, entry.last_failed_at, event.hostname];
  return texts.every((text) => typeof text === "string" && text !== "");
}
