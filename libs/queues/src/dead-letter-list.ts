import type { DeadLetterItem, DeadLetterState } from "./dead-letter-pages.ts";
import type { DeadLetterReader } from "./dead-letter-reader.ts";
import { DEAD_LETTER_QUEUES, type DeadLetterQueueName } from "./names.ts";

/** Which part of the dead letters is listed. */
export interface DeadLetterListOptions {
  /** Entries at most. */
  limit: number;
  /** What the list before gave as `next`; throws a `RangeError` when it is none of those. */
  cursor?: string | undefined;
  /** One queue alone. */
  queue?: DeadLetterQueueName | undefined;
}

/** A part of the dead letters of all queues. */
export interface DeadLetterList {
  items: DeadLetterItem[];
  /** Where the next part begins; absent at the end. */
  next?: string;
}

/** Entries of one read: a few milliseconds of Redis. */
const PAGE = 100;

/** Entries looked at for one list: a filter that nothing meets must not read everything in one request. */
const MAX_SCANNED = 5000;

/** An entry is in one of these, save for the moments that a worker holds it. */
const STATES: readonly DeadLetterState[] = ["failed", "delayed", "waiting"];

/** One state of one queue, read as far as it is needed. */
interface Strand {
  key: string;
  /** What was read and not taken yet. */
  ahead: DeadLetterItem[];
  /** Where the reading goes on; `undefined` at the end. */
  readFrom: string | undefined;
  /** Behind the last entry that was taken. */
  after: string;
}

/**
 * Lists the entries that `matches` means, over all queues and states, those that failed last first. May give fewer than asked
 * for, or none, and still have a `next`: no more were met among the 5,000 looked at. Entries that come or go meanwhile move
 * none of the others.
 */
export async function listDeadLetters(
  reader: DeadLetterReader,
  matches: (item: DeadLetterItem) => boolean,
  { limit, cursor, queue }: DeadLetterListOptions,
): Promise<DeadLetterList> {
  const strands = resume(queue === undefined ? DEAD_LETTER_QUEUES : [queue], cursor);
  const items: DeadLetterItem[] = [];
  for (let scanned = 0; scanned < MAX_SCANNED && items.length < limit; scanned++) {
    const item = await takeNewest(reader, strands);
    if (item === undefined) return { items };
    if (matches(item)) items.push(item);
  }
  const isEnd = strands.every(
    ({ ahead, readFrom }) => ahead.length === 0 && readFrom === undefined,
  );
  return { items, ...(isEnd ? {} : { next: cursorOf(strands) }) };
}

/** The newest of the heads: each strand comes newest first by itself. */
async function takeNewest(
  reader: DeadLetterReader,
  strands: readonly Strand[],
): Promise<DeadLetterItem | undefined> {
  await Promise.all(strands.map((strand) => readAhead(reader, strand)));
  let best: Strand | undefined;
  for (const strand of strands) {
    const head = strand.ahead[0]?.entry.last_failed_at;
    if (head === undefined) continue;
    if (head > (best?.ahead[0]?.entry.last_failed_at ?? "")) best = strand;
  }
  const taken = best?.ahead.shift();
  if (best && taken) best.after = taken.cursor;
  return taken;
}

async function readAhead(reader: DeadLetterReader, strand: Strand): Promise<void> {
  const [queue, state] = strand.key.split("/") as [DeadLetterQueueName, DeadLetterState];
  while (strand.ahead.length === 0 && strand.readFrom !== undefined) {
    const options = { state, after: strand.readFrom, limit: PAGE, newestFirst: true };
    const page = await reader.readPage(queue, options);
    strand.ahead = page.items;
    strand.readFrom = page.next;
  }
}

/** The cursor names, for each strand that is not at its end, the entry that was taken last. */
function cursorOf(strands: readonly Strand[]): string {
  const open = strands.filter(({ ahead, readFrom }) => ahead.length > 0 || readFrom !== undefined);
  const places = Object.fromEntries(open.map(({ key, after }) => [key, after]));
  return Buffer.from(JSON.stringify(places)).toString("base64url");
}

function resume(queues: readonly DeadLetterQueueName[], cursor: string | undefined): Strand[] {
  const keys = queues.flatMap((queue) => STATES.map((state) => `${queue}/${state}`));
  const places = cursor === undefined ? undefined : parseCursor(cursor);
  return keys
    .filter((key) => places === undefined || key in places)
    .map((key) => ({ key, ahead: [], readFrom: places?.[key] ?? "", after: places?.[key] ?? "" }));
}

function parseCursor(cursor: string): Record<string, string> {
  let places: unknown;
  try {
    places = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    places = undefined;
  }
  const isCursor =
    typeof places === "object" &&
    places !== null &&
    Object.values(places).every((place) => typeof place === "string");
  if (!isCursor) throw new RangeError("cursor is not one that a list gave: leave it out");
  return places as Record<string, string>;
}
