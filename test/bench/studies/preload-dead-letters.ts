import { createDeadLetter } from "@mutt/dead-letter";
import { QueueKeys } from "bullmq";
import type { Redis } from "ioredis";
import { createPayloads } from "../load/payload.ts";

const BATCH = 1000;

/** Kinds of failure among the entries. */
const KINDS = ["out of memory", "bad certificate", "no such team", "unreadable", "refused"];

/**
 * Puts entries into `dlq-alerter` as BullMQ keeps parked ones. They are of a class that is never replayed without an
 * operator, and their events are of run 0, which no measurement counts.
 */
export async function preloadDeadLetters(
  { redis, prefix }: { redis: Redis; prefix: string },
  count: number,
): Promise<void> {
  const keys = new QueueKeys(prefix);
  const key = (type: string) => keys.toKey("dlq-alerter", type);
  const timestamp = new Date().toISOString();
  const write = createPayloads({ shape: "event", run: 0, forwardEvery: 1, timestamp });
  const startMs = Date.now() - count;
  for (let from = 0; from < count; from += BATCH) {
    const pipeline = redis.pipeline();
    for (let index = from; index < Math.min(from + BATCH, count); index++) {
      const { syslog_severity: severity, ...event } = JSON.parse(write(index, "single"));
      const id = `bench-${index}`;
      const at = new Date(startMs + index).toISOString();
      const payload = { ...event, id, correlation_id: id, severity, received_at: at };
      const error = KINDS[index % KINDS.length] ?? "";
      const entry = createDeadLetter(
        { origin_queue: "ingest", payload },
        { class: "permanent", reason: "rejected", error, replays: 0, history: [], at },
      );
      pipeline.hset(key(`${id}~r0`), {
        name: entry.class,
        data: JSON.stringify(entry),
        opts: '{"attempts":1,"removeOnComplete":true,"removeOnFail":false}',
        timestamp: startMs,
        delay: 0,
        priority: 0,
        atm: 1,
        ats: 1,
        failedReason: error,
        finishedOn: startMs + index,
      });
      pipeline.zadd(key("failed"), startMs + index, `${id}~r0`);
    }
    await pipeline.exec();
  }
}
