import type { Queue } from "bullmq";

/** The states of a job that are counted. */
export const QUEUE_STATES = ["waiting", "prioritized", "delayed", "active", "failed"] as const;

/** Jobs of a queue by state. */
export type QueueCounts = Record<(typeof QUEUE_STATES)[number], number>;

/** Reads a queue's counts: one script, constant time. Counts are jobs, not alerts. */
export async function readCounts(queue: Pick<Queue, "getJobCounts">): Promise<QueueCounts> {
  const counts = await queue.getJobCounts(...QUEUE_STATES);
  return {
    waiting: counts.waiting ?? 0,
    prioritized: counts.prioritized ?? 0,
    delayed: counts.delayed ?? 0,
    active: counts.active ?? 0,
    failed: counts.failed ?? 0,
  };
}

/** Everything that still waits to be worked on: delayed jobs too, or putting off would look like progress. */
export function backlog(counts: QueueCounts): number {
  return counts.waiting + counts.prioritized + counts.delayed;
}
