import type { StoryWriter } from "@mutt/pipeline-state";
import {
  type DeadLetterQueueName,
  type LedgerWriter,
  type PipelineQueue,
  readDeadLetterPage,
} from "@mutt/queues";
import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import { recordAudit } from "@mutt/store";
import type { Redis } from "ioredis";
import type { Leader } from "./leader.ts";
import type { RemediationMetrics } from "./metrics.ts";
import { leftStory } from "./stories.ts";

/** What retention needs. */
export interface RetentionDeps {
  redis: Redis;
  prefix: string;
  queues: readonly PipelineQueue<DeadLetterQueueName>[];
  leader: Leader;
  /** Days that dead letters are kept; 0 for ever. */
  days(): number;
  ledger: Pick<LedgerWriter, "count">;
  stories: StoryWriter;
  metrics: RemediationMetrics;
  logger: Logger;
}

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;

/** Entries of one step, and of one entry in the audit log. */
const BATCH = 200;

/** Starts removing what is older than the setting allows; with 0 nothing is ever removed. */
export function startRetention(deps: RetentionDeps): AsyncDisposable {
  const outage = createOutageLog(deps.logger, "removing expired dead letters");
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function loop(): Promise<void> {
    try {
      if (deps.days() > 0 && (await deps.leader.leads())) await removeExpired(deps);
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void loop(), EVERY_MS);
  }

  timer = setTimeout(() => void loop(), 1000);
  return {
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function removeExpired(deps: RetentionDeps): Promise<void> {
  for (const queue of deps.queues) {
    while ((await removeBatch(deps, queue)) === BATCH);
  }
}

/** Says in the audit log what goes before it goes; returns how many went. The oldest stand first in the queue. */
async function removeBatch(
  { redis, prefix, days, ledger, stories, metrics, logger }: RetentionDeps,
  queue: PipelineQueue<DeadLetterQueueName>,
): Promise<number> {
  const keptDays = days();
  if (keptDays === 0) return 0;
  const before = new Date(Date.now() - keptDays * DAY_MS).toISOString();
  const { items } = await readDeadLetterPage(redis, queue, { limit: BATCH });
  const expired = items.filter(({ entry }) => entry.last_failed_at < before);
  if (expired.length === 0) return 0;
  const transaction = redis.multi();
  recordAudit(prefix)(transaction, {
    actor: "remediation",
    action: "dlq.expire",
    target: queue.name,
    new: { entries: expired.length, alert_ids: expired.map(({ entry }) => entry.alert_id) },
    reason: `older than dlq_retention_days (${keptDays})`,
    at: new Date().toISOString(),
  });
  await transaction.exec();
  let removed = 0;
  for (const { id, entry } of expired) {
    const job = await queue.getJob(id);
    // Somebody has replayed or removed it meanwhile.
    if (job === undefined) continue;
    await job.remove();
    // At once: the next one may throw, and what has gone must not be without an outcome.
    metrics.expired(1);
    ledger.count("expired", 1);
    stories.note([leftStory("expired", entry, Date.now())]);
    removed++;
  }
  logger.warn("expired dead letters removed", { queue: queue.name, entries: removed });
  return removed;
}
