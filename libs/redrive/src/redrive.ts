import type { DeadLetterFilter } from "@mutt/replay";
import type { QueueName, RedriveDeps } from "./deps.ts";
import { redriveKeys } from "./keys.ts";

/** Where a redrive stands. */
export type RedriveState = "running" | "paused" | "done" | "cancelled" | "failed";

/** A redrive with its progress; also how the API answers. */
export interface Redrive {
  /** The id of its plan. */
  id: string;
  state: RedriveState;
  filter: DeadLetterFilter;
  /** Whether everything in a queue was asked for in so many words. */
  all: boolean;
  queues: QueueName[];
  /** Entries of the plan; what has left its queue since is skipped. */
  total: number;
  /** Entries whose replay was asked for. */
  done: number;
  /** Entries of the plan that somebody else took, or that may not be replayed any more. */
  skipped: number;
  max_per_second: number;
  actor: string;
  reason: string;
  /** ISO 8601. */
  planned_at: string;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
  /** What holds it back: a gate, `storm_cap`, or `remediation` while no such app has taken it up. */
  waiting_for: string | null;
  /** Why it failed, where it did. */
  error: string | null;
}

/** What does not change from the start on. */
export type RedriveOrder = Pick<
  Redrive,
  | "filter"
  | "all"
  | "queues"
  | "total"
  | "max_per_second"
  | "actor"
  | "reason"
  | "planned_at"
  | "created_at"
>;

/** Reads one redrive; `undefined` when there is none of that id. */
export async function readRedrive(
  { redis, prefix }: RedriveDeps,
  id: string,
): Promise<Redrive | undefined> {
  return parseRun(id, await redis.hgetall(redriveKeys(prefix).run(id)));
}

/** A part of the list of redrives. */
export interface RedriveList {
  items: Redrive[];
  /** Where the next part begins; absent at the end. */
  next?: string;
}

/** Lists redrives, the newest first; `after` is what the part before gave as `next`. */
export async function listRedrives(
  deps: RedriveDeps,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<RedriveList> {
  const { redis, prefix } = deps;
  const { index } = redriveKeys(prefix);
  const rank = after === undefined ? -1 : await redis.zrevrank(index, after);
  if (rank === null) return { items: [] };
  const ids = await redis.zrevrange(index, rank + 1, rank + limit);
  const items = await Promise.all(ids.map((id) => readRedrive(deps, id)));
  const last = ids.length === limit ? ids.at(-1) : undefined;
  return {
    items: items.filter((item) => item !== undefined),
    ...(last === undefined ? {} : { next: last }),
  };
}

function parseRun(id: string, fields: Record<string, string>): Redrive | undefined {
  if (fields.order === undefined) return undefined;
  const order = JSON.parse(fields.order) as RedriveOrder;
  return {
    id,
    state: fields.state as RedriveState,
    ...order,
    done: Number(fields.done ?? 0),
    skipped: Number(fields.skipped ?? 0),
    updated_at: fields.updated_at ?? order.created_at,
    finished_at: fields.finished_at || null,
    waiting_for: fields.waiting_for || null,
    error: fields.error || null,
  };
}
