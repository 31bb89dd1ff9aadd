import {
  backlog,
  MAX_CHUNK_EVENTS,
  type PipelineQueue,
  readCounts,
  readIngestDepth,
  settleIngestDepth,
} from "@mutt/queues";
import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";

/** What the monitor reads and where it reports. */
export interface IngestDepthMonitorDeps {
  redis: Redis;
  prefix: string;
  ingest: PipelineQueue<"ingest">;
  logger: Logger;
}

const INTERVAL_MS = 500;

/** Events that ingestors may have counted and not yet added. */
const UNDER_WAY_EVENTS = 20_000;

/**
 * Keeps the counter of queued events honest, looking twice a second: it is set to zero when the queue is empty, since
 * processes that were killed leave it too high.
 */
export function startIngestDepthMonitor(deps: IngestDepthMonitorDeps): AsyncDisposable {
  const outage = createOutageLog(deps.logger, "reading the depth of the ingest queue");
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let emptyAt: number | undefined;

  async function runOnce(): Promise<void> {
    const { redis, prefix, ingest } = deps;
    const seen = await readIngestDepth(redis, prefix);
    const ingestCounts = await readCounts(ingest);
    const jobs = backlog(ingestCounts) + ingestCounts.active;
    // Twice the same value over an empty queue: nobody is between counting and adding.
    if (jobs === 0 && seen > 0 && emptyAt === seen) {
      await settleIngestDepth(redis, prefix, { seen, actual: 0 });
    }
    emptyAt = jobs === 0 ? seen : undefined;
    // A queue that never empties: more events than its jobs can hold is more than there are.
    const most = jobs * MAX_CHUNK_EVENTS + UNDER_WAY_EVENTS;
    if (seen > most) await settleIngestDepth(redis, prefix, { seen, actual: most });
  }

  async function loop(): Promise<void> {
    try {
      await runOnce();
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void loop(), INTERVAL_MS);
  }

  void loop();
  return {
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
