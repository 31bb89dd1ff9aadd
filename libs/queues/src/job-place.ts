import type { Redis } from "ioredis";
import type { JobData } from "./jobs.ts";
import type { QueueName } from "./names.ts";
import type { PipelineQueue } from "./queue.ts";

/** Where a job stands in its queue. */
export interface JobPlace<Name extends QueueName> {
  queue: Name;
  id: string;
  /** BullMQ's word for it: `waiting`, `prioritized`, `delayed`, `active`, `failed`. */
  state: string;
  /** Until when it is put off, in epoch milliseconds; absent when it is not. */
  dueAt?: number;
  /** What it said of itself last: an entry that is held back says what it waits for. */
  progress: unknown;
  data: JobData[Name];
}

/** Jobs looked through at a time, and all told: some 40,000 events. */
const PAGE = 25;
const MOST = 400;

/** Finds a job by its id; `undefined` when it has left the queue. */
export async function findJob<Name extends QueueName>(
  redis: Redis,
  queue: PipelineQueue<Name>,
  id: string,
): Promise<JobPlace<Name> | undefined> {
  const job = await queue.getJob(id);
  if (job === undefined) return undefined;
  const state = await job.getState();
  if (state === "unknown") return undefined;
  const dueAt = state === "delayed" ? await dueAtOf(redis, queue.toKey("delayed"), id) : undefined;
  return {
    queue: queue.name as Name,
    id,
    state,
    ...(dueAt === undefined ? {} : { dueAt }),
    progress: job.progress,
    data: job.data as JobData[Name],
  };
}

/** The score of a delayed job holds its time above 12 bits that keep the order of additions (BullMQ's own layout). */
async function dueAtOf(redis: Redis, delayed: string, id: string): Promise<number | undefined> {
  const score = await redis.zscore(delayed, id);
  return score === null ? undefined : Math.floor(Number(score) / 0x1000);
}

/**
 * Looks for an event among the first jobs of the ingest queue, those that are worked on and put off too. `isWhole` says
 * whether all of them were looked through.
 */
export async function findQueuedEvent(
  redis: Redis,
  queue: PipelineQueue<"ingest">,
  eventId: string,
): Promise<{ place?: JobPlace<"ingest">; isWhole: boolean }> {
  for (let from = 0; from < MOST; from += PAGE) {
    const states = ["active", "waiting", "prioritized", "delayed"] as const;
    // BullMQ takes the range from each of the states.
    const jobs = await queue.getJobs([...states], from, from + PAGE - 1, true);
    const found = jobs.find((job) => job?.data.events.some(({ id }) => id === eventId));
    const place = found?.id === undefined ? undefined : await findJob(redis, queue, found.id);
    if (place !== undefined) return { place, isWhole: true };
    if (jobs.length === 0) return { isWhole: true };
  }
  return { isWhole: false };
}
