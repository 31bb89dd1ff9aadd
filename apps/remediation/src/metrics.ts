import { DEAD_LETTER_CLASSES, type DeadLetterClass } from "@mutt/dead-letter";
import { readReplayTotals } from "@mutt/pipeline-state";
import {
  backlog,
  DEAD_LETTER_QUEUES,
  type DeadLetterQueueName,
  type PipelineQueue,
  readCounts,
} from "@mutt/queues";
import { GATES, type GateName } from "@mutt/replay";
import type { Redis } from "ioredis";
import { Counter, Gauge, type Registry } from "prom-client";

/** Everything that remediation counts. */
export interface RemediationMetrics {
  blocked(gate: GateName): void;
  moved(deadLetterClass: DeadLetterClass): void;
  buried(deadLetterClass: DeadLetterClass): void;
  expired(entries: number): void;
  pace(allowed: number): void;
}

/** What is read at every scrape. */
export interface RemediationReadings {
  /** A fail-fast connection: whoever scrapes does not wait for Redis as long as the workers do. */
  redis: Redis;
  prefix: string;
  queues: readonly PipelineQueue<DeadLetterQueueName>[];
  /** Days that dead letters are kept; 0 for ever. */
  retentionDays(): number;
}

const DAY_MS = 86_400_000;

/** Registers the metrics, each label set at 0; without `readings` (in tests of their names) nothing is read. */
export function createMetrics(
  registry: Registry,
  readings?: RemediationReadings,
): RemediationMetrics {
  const registers = [registry];
  const blocked = new Counter({
    name: "mutt_remediation_blocked_total",
    help: "Times that a gate held back a round of automatic replay or an entry",
    labelNames: ["gate"],
    registers,
  });
  const moved = new Counter({
    name: "mutt_remediation_moved_total",
    help: "Dead letters put back into their queue, by class; what became of them is in the replay counters",
    labelNames: ["class"],
    registers,
  });
  const buried = new Counter({
    name: "mutt_remediation_buried_total",
    help: "Dead letters that were out of replays and went to dlq-dead, by class",
    labelNames: ["class"],
    registers,
  });
  const expired = new Counter({
    name: "mutt_remediation_expired_total",
    help: "Dead letters removed because they were older than dlq_retention_days",
    registers,
  });
  const pace = new Gauge({
    name: "mutt_remediation_pace",
    help: "Dead letters that an interval may replay, as the destination has earned it",
    registers,
  });
  for (const gate of GATES) blocked.inc({ gate }, 0);
  for (const each of DEAD_LETTER_CLASSES) {
    moved.inc({ class: each }, 0);
    buried.inc({ class: each }, 0);
  }
  registerTotals(registry, readings);
  registerDepths(registry, readings);
  return {
    blocked: (gate) => blocked.inc({ gate }),
    moved: (each) => moved.inc({ class: each }),
    buried: (each) => buried.inc({ class: each }),
    expired: (entries) => expired.inc(entries),
    pace: (allowed) => pace.set(allowed),
  };
}

/** Counted where the outcome happens and kept in Redis: every replica shows the same. */
function registerTotals(registry: Registry, readings: RemediationReadings | undefined): void {
  const totals = async () =>
    readings
      ? await readReplayTotals(readings.redis, readings.prefix).catch(() => undefined)
      : undefined;
  new Counter({
    name: "mutt_remediation_replay_success_total",
    help: "Replayed dead letters that reached their outcome: delivered, logged or unhandled; the same in every replica",
    registers: [registry],
    async collect() {
      const read = await totals();
      if (read === undefined) return;
      this.reset();
      this.inc(read.succeeded);
    },
  });
  new Counter({
    name: "mutt_remediation_replay_fail_total",
    help: "Replayed dead letters that became dead letters again; the same in every replica",
    registers: [registry],
    async collect() {
      const read = await totals();
      if (read === undefined) return;
      this.reset();
      this.inc(read.failed);
    },
  });
}

function registerDepths(registry: Registry, readings: RemediationReadings | undefined): void {
  const perQueue = (
    named: { name: string; help: string },
    read: (queue: PipelineQueue<DeadLetterQueueName>, from: RemediationReadings) => Promise<number>,
  ) => {
    const gauge = new Gauge({
      ...named,
      labelNames: ["queue"],
      registers: [registry],
      async collect() {
        // While Redis is away the last values stay: a scrape must not fail as a whole for them.
        const queues = readings?.queues ?? [];
        await Promise.all(
          queues.map(async (queue) => {
            const value = readings && (await read(queue, readings).catch(() => undefined));
            if (value !== undefined) this.set({ queue: queue.name }, value);
          }),
        );
      },
    });
    for (const queue of DEAD_LETTER_QUEUES) gauge.set({ queue }, 0);
  };
  perQueue(
    {
      name: "mutt_remediation_dlq_depth",
      help: "Dead letters by queue, one per alert",
    },
    async (queue) => {
      const counts = await readCounts(queue);
      return backlog(counts) + counts.active + counts.failed;
    },
  );
  perQueue(
    {
      name: "mutt_dlq_oldest_age_seconds",
      help: "How long the oldest dead letter of a queue has been parked",
    },
    async (queue, { redis }) => {
      const [, at] = await redis.zrange(queue.toKey("failed"), 0, "0", "WITHSCORES");
      return at === undefined ? 0 : Math.max(0, Date.now() - Number(at)) / 1000;
    },
  );
  perQueue(
    {
      name: "mutt_dlq_expiring_jobs",
      help: "Dead letters that dlq_retention_days removes within a day",
    },
    async (queue, { redis, retentionDays }) => {
      const days = retentionDays();
      if (days === 0) return 0;
      return await redis.zcount(queue.toKey("failed"), "-inf", Date.now() - (days - 1) * DAY_MS);
    },
  );
}
