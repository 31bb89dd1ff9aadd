import {
  ingestDepthKey,
  readIngestDepth,
  releaseIngestDepth,
  settleIngestDepth,
} from "@mutt/queues";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

async function setup(depth?: number) {
  const prefix = uniquePrefix("ingest-depth");
  const redis = shared.client();
  if (depth !== undefined) await redis.set(ingestDepthKey(prefix), depth);
  return {
    read: () => readIngestDepth(redis, prefix),
    release: (events: number) => releaseIngestDepth(redis, prefix, events),
    settle: (seen: number) => settleIngestDepth(redis, prefix, { seen, actual: 0 }),
    add: (events: number) => redis.incrby(ingestDepthKey(prefix), events),
  };
}

describe("the depth of the ingest queue", () => {
  test("is 0 before the first event", async () => {
    const { read } = await setup();
    expect(await read()).toBe(0);
  });

  test("goes down by the events that are released", async () => {
    const { read, release } = await setup(10);
    await release(3);
    expect(await read()).toBe(7);
    await Promise.all([release(2), release(4)]);
    expect(await read()).toBe(1);
  });

  test("never falls below 0, so that later events count in full", async () => {
    const { read, release, add } = await setup(2);
    await release(5);
    expect(await read()).toBe(0);
    await add(3);
    expect(await read()).toBe(3);
  });

  test("stays at 0 when events are released that were never counted", async () => {
    const { read, release } = await setup();
    await release(5);
    expect(await read()).toBe(0);
  });

  test("is set to 0 only if nobody has touched it since it was read", async () => {
    const { read, settle, add } = await setup(4);
    await add(1);
    await settle(4);
    expect(await read()).toBe(5);
    await settle(5);
    expect(await read()).toBe(0);
  });
});
