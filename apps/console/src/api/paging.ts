import { type Query, requestBody } from "./request.ts";

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Asks for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** Reads one page; `limit` is at most 200. */
export function readPage<T>(path: string, query: Query, signal?: AbortSignal): Promise<Page<T>> {
  return requestBody<Page<T>>(path, { query, signal });
}

/** Reads pages to the end of a list, or until `max` items have come. */
export async function readAll<T>(
  path: string,
  { query = {}, max = 20_000, signal }: { query?: Query; max?: number; signal?: AbortSignal } = {},
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await readPage<T>(path, { ...query, limit: 200, cursor }, signal);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && items.length < max);
  return items;
}
