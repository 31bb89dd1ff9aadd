// Reading dead letter queues in pages, on a real Redis.
import { readDeadLetter, readDeadLetterPage } from "@mutt/queues";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetterOf, openTestQueue } from "../e2e/dead-letters.ts";

let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

/** A queue with parked entries, put there as BullMQ keeps failed jobs; all of one moment, to make it harder. */
async function parked(count: number) {
  const prefix = uniquePrefix("pages");
  const queue = openTestQueue({ redis, prefix }, "dlq-forwarder");
  const pipeline = redis.client().pipeline();
  for (let index = 0; index < count; index++) {
    const id = `e${String(index).padStart(5, "0")}`;
    pipeline.hset(queue.toKey(id), "data", JSON.stringify(deadLetterOf({ id })));
    pipeline.zadd(queue.toKey("failed"), 1_800_000_000_000, id);
  }
  await pipeline.exec();
  return { queue, client: redis.client(), [Symbol.asyncDispose]: () => queue.close() };
}

async function readAll(
  { queue, client }: Awaited<ReturnType<typeof parked>>,
  options: { limit: number; newestFirst?: boolean },
  onPage: (ids: string[]) => Promise<unknown> = async () => {},
): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await readDeadLetterPage(client, queue, { ...options, after });
    ids.push(...page.items.map(({ id }) => id));
    await onPage(page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

test("pages hold every entry once, in both directions, though all were parked at the same moment", async () => {
  await using dlq = await parked(107);
  const oldest = await readAll(dlq, { limit: 10 });
  expect(oldest).toHaveLength(107);
  expect(new Set(oldest).size).toBe(107);
  const newest = await readAll(dlq, { limit: 10, newestFirst: true });
  expect(newest).toEqual(oldest.toReversed());
});

test("entries that leave while pages are read hide none of the others", async () => {
  await using dlq = await parked(100);
  const { queue, client } = dlq;
  const seen = await readAll(dlq, { limit: 10 }, async (ids) => {
    // All but the last one leave: the one by which the next page finds its place.
    for (const id of ids.slice(0, -1)) await client.zrem(queue.toKey("failed"), id);
  });
  expect(new Set(seen).size).toBe(100);
});

test("a page goes on behind an entry that has left, by its time", async () => {
  await using dlq = await parked(0);
  const { queue, client } = dlq;
  for (const at of [1000, 2000, 3000, 4000]) {
    await client.hset(
      queue.toKey(`t${at}`),
      "data",
      JSON.stringify(deadLetterOf({ id: `t${at}` })),
    );
    await client.zadd(queue.toKey("failed"), at, `t${at}`);
  }
  const { next } = await readDeadLetterPage(client, queue, { limit: 2 });
  await client.zrem(queue.toKey("failed"), "t1000", "t2000");
  const rest = await readDeadLetterPage(client, queue, { limit: 2, after: next });
  expect(rest.items.map(({ id }) => id)).toEqual(["t3000", "t4000"]);
});

test("what is no dead letter is left out, and what is not parked is found in its state", async () => {
  await using dlq = await parked(1);
  const { queue, client } = dlq;
  await client.hset(queue.toKey("garbage"), "data", '{"hello":"world"}');
  await client.zadd(queue.toKey("failed"), 1, "garbage");
  await queue.add("dead", deadLetterOf({ id: "new" }), { jobId: "new" });
  await queue.add("dead", deadLetterOf({ id: "later" }), { jobId: "later", delay: 60_000 });

  expect(await readAll(dlq, { limit: 10 })).toEqual(["e00000"]);
  const inState = async (state: "waiting" | "delayed") =>
    (await readDeadLetterPage(client, queue, { state, limit: 10 })).items.map(({ id }) => id);
  expect([await inState("waiting"), await inState("delayed")]).toEqual([["new"], ["later"]]);
  const states = await Promise.all(
    ["e00000", "new", "later"].map(async (id) => (await readDeadLetter(client, queue, id))?.state),
  );
  expect(states).toEqual(["failed", "waiting", "delayed"]);
  expect(await readDeadLetter(client, queue, "nobody")).toBeUndefined();
  expect(await readDeadLetter(client, queue, "garbage")).toBeUndefined();
});
