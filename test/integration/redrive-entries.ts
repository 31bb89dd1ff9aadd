import { type DeadLetterQueueName, openQueue } from "@mutt/queues";
import { patientOptions, redisSettings } from "@mutt/redis";
import type { TestRedis } from "@mutt/testkit";
import { type DeadLetterDraft, deadLetterOf } from "../e2e/dead-letters.ts";

/** Puts entries into a queue as BullMQ keeps parked ones, many at a time; each a millisecond after the other. */
export async function park(
  { redis, prefix }: { redis: TestRedis; prefix: string },
  queueName: DeadLetterQueueName,
  drafts: readonly DeadLetterDraft[],
): Promise<void> {
  const connection = patientOptions(redisSettings({ REDIS_URL: redis.url }));
  const queue = openQueue(queueName, { connection, prefix, onError: () => {} });
  const client = redis.client();
  const startMs = Date.now() - drafts.length;
  for (let from = 0; from < drafts.length; from += 1000) {
    const pipeline = client.pipeline();
    for (const [index, draft] of drafts.slice(from, from + 1000).entries()) {
      const entry = deadLetterOf(draft);
      const id = `${draft.id}~r${draft.replays ?? 0}`;
      const job = {
        name: entry.class,
        data: JSON.stringify(entry),
        opts: '{"attempts":1,"removeOnComplete":true,"removeOnFail":false}',
        timestamp: startMs,
        delay: 0,
        priority: 0,
        atm: 1,
        ats: 1,
        failedReason: entry.error,
        finishedOn: startMs + from + index,
      };
      pipeline.hset(queue.toKey(id), job);
      pipeline.zadd(queue.toKey("failed"), job.finishedOn, id);
    }
    await pipeline.exec();
  }
  await queue.close();
}
