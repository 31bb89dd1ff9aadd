import type { PlacedEntry } from "@mutt/replay";
import type { EntryReader, QueueName } from "./deps.ts";

/** A page on the way through a queue. */
export interface WalkPage {
  items: readonly PlacedEntry[];
  /** Where a walk that stops here can go on; absent at the end. */
  next?: string;
}

/** Entries of one page: a few milliseconds of Redis, and of this process. */
const PAGE = 250;

/** Goes through one state of a queue, the oldest entry first, a page at a time. */
export async function* walk(
  reader: EntryReader,
  queue: QueueName,
  { state = "failed" }: { state?: "failed" | "delayed" | "waiting" } = {},
): AsyncGenerator<WalkPage> {
  let after: string | undefined;
  do {
    const page = await reader.readPage(queue, { state, after, limit: PAGE });
    yield page;
    after = page.next;
  } while (after !== undefined);
}
