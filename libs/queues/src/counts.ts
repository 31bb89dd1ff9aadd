import type { Queue } from "bullmq";

/** Jobs of a queue by state. */
export interface QueueCounts {
  waiting: number;
  prioritized: number;
  delayed: number;
  active: number;
  failed: number;
}

/** Reads a queue's counts: one script, constant time. Counts are jobs, not alerts. */
export async function readCounts(queue: Pick<Queue, "getJobCounts">): Promise<QueueCounts> {
  const counts = await queue.getJobCounts("waiting", "prioritized", "delayed", "active", "failed");
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
