import { awaitLastWrite, createScript } from "@mutt/redis";
import type { Redis } from "ioredis";
import {
  decodeStory,
  encodeStories,
  laterOf,
  type StoryNote,
  type StoryRecord,
} from "./story-record.ts";

/** Keeps what became of each event, for whoever asks after one. */
export interface StoryWriter extends AsyncDisposable {
  /** Notes where events are now; never waits, and drops notes rather than hold up events. */
  note(notes: Iterable<StoryNote>): void;
}

/** Stories are kept in pages, so that the oldest can go at once. */
const PAGES = 16;

/** An event that is delivered is noted twice: when it was queued, and at its end. */
const NOTES_PER_EVENT = 2;

/** How long a page is kept after the last note in it, in seconds. */
const KEPT_S = 24 * 3600;

/** Notes of so many milliseconds go in one leaf: a story may be so far behind. */
const GATHER_MS = 100;

/** Notes of one leaf at most. */
const MOST_PER_LEAF = 500;

/** Notes that wait for Redis at most. */
const MOST_PENDING = 20_000;

/** Leaves looked through in one step: at most some 10 MiB, which Redis searches in a few milliseconds. */
const LEAVES_PER_STEP = 200;

/**
 * Adds a leaf, that is a text with notes of many events, to the page that is open; opens the next page when it is full.
 * A key for every event would cost Redis twenty times as much for each.
 * KEYS: which page is open, that page, the page that goes when the next one is opened.
 * ARGV: number of the page, notes that it takes, seconds that it is kept, notes of the leaf, leaf.
 * Answers whether it was written, and which page is open now; nothing is written when it is another one than was thought.
 */
const WRITE = createScript(`
local open = tonumber(redis.call('HGET', KEYS[1], 'page') or '') or 0
if open ~= tonumber(ARGV[1]) then return {0, open} end
redis.call('RPUSH', KEYS[2], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[3])
if redis.call('HINCRBY', KEYS[1], 'notes', ARGV[4]) < tonumber(ARGV[2]) then return {1, open} end
redis.call('UNLINK', KEYS[3])
redis.call('HSET', KEYS[1], 'page', open + 1, 'notes', 0)
return {1, open + 1}
`);

/**
 * Looks for an id in the leaves of a page. KEYS[1] page; ARGV: id, leaves to skip, leaves to look at.
 * Answers the leaves that hold it, and whether there are more to look at.
 */
const FIND = createScript(`
local from = tonumber(ARGV[2])
local leaves = redis.call('LRANGE', KEYS[1], from, from + tonumber(ARGV[3]) - 1)
local found = {}
for _, leaf in ipairs(leaves) do
  if string.find(leaf, ARGV[1], 1, true) then found[#found + 1] = leaf end
end
return {found, #leaves < tonumber(ARGV[3]) and 0 or 1}
`);

/** Starts a writer that keeps the stories of about the last `most()` events; 0 keeps none. */
export function createStoryWriter(
  redis: Redis,
  prefix: string,
  most: () => number,
  gatherMs = GATHER_MS,
): StoryWriter {
  const pending: StoryNote[] = [];
  let page = 0;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (pending.length > 0) {
      const notes = pending.splice(0, MOST_PER_LEAF);
      const leaf = encodeStories(notes);
      // A first try may learn which page is open; that one may fill up until the second.
      for (let tries = 0; tries < 3 && !(await isWritten(notes.length, leaf)); tries++);
    }
  }

  async function isWritten(notes: number, leaf: string): Promise<boolean> {
    const keys = [openPageKey(prefix), pageKey(prefix, page), pageKey(prefix, page + 1 - PAGES)];
    const notesOfPage = Math.ceil((most() * NOTES_PER_EVENT) / PAGES);
    try {
      const args = [page, notesOfPage, KEPT_S, notes, leaf];
      const [written, open] = (await WRITE.run(redis, keys, args)) as [number, number];
      page = open;
      return written === 1;
    } catch {
      // A story is worth no waiting: the event itself is safe in its queue.
      return true;
    }
  }

  return {
    note(notes) {
      if (most() === 0) return;
      for (const each of notes) {
        if (pending.length >= MOST_PENDING) break;
        pending.push(each);
      }
      if (pending.length === 0) return;
      writing ??= pause(gatherMs)
        .then(write)
        .finally(() => {
          writing = undefined;
        });
    },
    async [Symbol.asyncDispose]() {
      await awaitLastWrite(redis, () => writing);
    },
  };
}

/** Reads what was last noted of an event; `undefined` when nothing was, or it has been forgotten. */
export async function readStory(
  redis: Redis,
  prefix: string,
  alertId: string,
): Promise<StoryRecord | undefined> {
  const open = Number((await redis.hget(openPageKey(prefix), "page")) ?? 0);
  let latest: StoryRecord | undefined;
  for (let page = open; page > open - PAGES; page--) {
    for (const leaf of await findLeaves(redis, pageKey(prefix, page), alertId)) {
      latest = laterOf(latest, decodeStory(leaf, alertId));
    }
  }
  return latest;
}

async function findLeaves(redis: Redis, page: string, alertId: string): Promise<string[]> {
  // As it stands in a leaf, so that no part of another id is taken for it.
  const wanted = JSON.stringify(alertId);
  const leaves: string[] = [];
  for (let skipped = 0; ; skipped += LEAVES_PER_STEP) {
    const args = [wanted, skipped, LEAVES_PER_STEP];
    const [found, hasMore] = (await FIND.run(redis, [page], args)) as [string[], number];
    leaves.push(...found);
    if (hasMore === 0) return leaves;
  }
}

/** Does not keep the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function openPageKey(prefix: string): string {
  return `${prefix}:stories`;
}

function pageKey(prefix: string, page: number): string {
  return `${prefix}:stories:${page}`;
}
