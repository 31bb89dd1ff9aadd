import type { Redis } from "ioredis";
import { type Field, isField } from "./fields.ts";

/** What one minute or hour holds. */
export type Recorded = Partial<Record<Field, number>>;

/** Hashes asked for in one round trip: enough to be quick, few enough to not hold up the queues. */
const PAGE = 250;

/** Reads many hashes, in order; `undefined` for those that are not there. */
export async function readHashes(
  redis: Redis,
  keys: readonly string[],
): Promise<(Recorded | undefined)[]> {
  const found: (Recorded | undefined)[] = [];
  for (let from = 0; from < keys.length; from += PAGE) {
    const page = keys.slice(from, from + PAGE);
    const pipeline = redis.pipeline();
    for (const key of page) pipeline.hgetall(key);
    const replies = (await pipeline.exec()) ?? [];
    if (replies.length < page.length)
      throw new Error("Redis gave fewer answers than were asked for");
    for (const [error, reply] of replies) {
      if (error) throw error;
      found.push(toRecorded(reply as Record<string, string>));
    }
  }
  return found;
}

function toRecorded(hash: Readonly<Record<string, string>>): Recorded | undefined {
  const entries = Object.entries(hash);
  if (entries.length === 0) return undefined;
  const recorded: Recorded = {};
  for (const [name, text] of entries) {
    const value = Number(text);
    if (isField(name) && Number.isFinite(value)) recorded[name] = value;
  }
  return recorded;
}
