import { deriveId } from "@mutt/event";
import { type Pipeline, startPipeline } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIdempotency } from "../../apps/ingestor/src/idempotency.ts";
import { idsOf, post, problemOf, readQueuedIds } from "./ingest-client.ts";

const GOOD = { hostname: "sw1.example.net", message: "link down" };

let pipeline: Pipeline;

beforeAll(async () => {
  // Without an alerter, what was accepted stays in the queue to be counted.
  pipeline = await startPipeline({ testName: "ingest idempotency", apps: ["ingestor"] });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const send = (body: unknown, headers?: Record<string, string>) =>
  post(`${pipeline.app("ingestor").url}/ingest`, body, headers);

describe("an Idempotency-Key", () => {
  const withKey = (key: string) => ({ "idempotency-key": key });
  const timesQueued = async (id: unknown) =>
    (await readQueuedIds(pipeline)).filter((queuedId) => queuedId === id).length;

  test("gives the first answer again and queues nothing", async () => {
    const first = await send([GOOD, 7], withKey("repeat"));
    const again = [
      await send([GOOD, 7], withKey("repeat")),
      await send([GOOD, 7], withKey("repeat")),
    ];
    expect(first.status).toBe(202);
    for (const { status, body } of again) expect([status, body]).toEqual([202, first.body]);
    expect(await timesQueued(idsOf(first)[0])).toBe(1);
  });

  test("makes the ids of its events", async () => {
    const answer = await send([GOOD, 7, GOOD], withKey("derive"));
    expect(idsOf(answer)).toEqual([deriveId("test", "derive", 0), deriveId("test", "derive", 2)]);
  });

  test("is refused with another body: 422", async () => {
    await send(GOOD, withKey("other"));
    const answer = await send({ ...GOOD, message: "link up" }, withKey("other"));
    expect(answer.status).toBe(422);
    expect(problemOf(answer)).toMatchObject({ reason: "idempotency_mismatch" });
  });

  test("is refused while it is in progress: 409, and when to come back", async () => {
    const text = JSON.stringify(GOOD);
    const redis = pipeline.redis.client();
    const { claim } = createIdempotency(redis, pipeline.prefix);
    const underWay = await claim("test", "progress", Buffer.from(text));
    if (underWay.kind !== "first") throw new Error("the key is taken");
    const answer = await send(text, withKey("progress"));
    expect(answer.status).toBe(409);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(problemOf(answer)).toMatchObject({ reason: "conflict" });
    await underWay.held.free();
    expect((await send(text, withKey("progress"))).status).toBe(202);
  });

  test("queues once whatever comes at the same time", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(GOOD, withKey("at-once"))),
    );
    const taken = answers.filter(({ status }) => status === 202);
    expect(taken.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 202).map(({ status }) => status)).toEqual(
      Array(20 - taken.length).fill(409),
    );
    expect(new Set(taken.flatMap(idsOf))).toEqual(new Set([deriveId("test", "at-once", 0)]));
    expect(await timesQueued(deriveId("test", "at-once", 0))).toBe(1);
  });

  test("is free again after a body that was refused", async () => {
    expect((await send("{", withKey("mended"))).status).toBe(400);
    expect((await send(GOOD, withKey("mended"))).status).toBe(202);
  });

  test("that cannot be one is refused by its name", async () => {
    const answer = await send(GOOD, withKey("k".repeat(256)));
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ field: "Idempotency-Key" });
  });
});
