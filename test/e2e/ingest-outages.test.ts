import { setTimeout as sleep } from "node:timers/promises";
import { deriveId } from "@mutt/event";
import { freePort, type Pipeline, type SpawnedApp, startPipeline, waitFor } from "@mutt/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Answer, post, problemOf, readQueuedIds } from "./ingest-client.ts";
import { timeAwake } from "./support.ts";

/** Every sender gets an answer within 2 s; half a second for a busy machine. */
const ANSWER_MS = 2500;
const GOOD = { hostname: "sw1", message: "link down" };

async function setup(apps: readonly "ingestor"[] = ["ingestor"]): Promise<Pipeline> {
  // Without an alerter, what was accepted stays in the queue to be looked for.
  const pipeline = await startPipeline({ testName: "ingest outages", apps });
  onTestFinished(() => pipeline[Symbol.asyncDispose]());
  return pipeline;
}

type Sent = Answer & { ms: number };

async function send(url: string, headers: Record<string, string> = {}): Promise<Sent> {
  const awake = timeAwake();
  const answer = await post(`${url}/ingest`, GOOD, headers);
  return { ...answer, ms: awake() };
}

/** Sends a request every 100 ms, whether or not the ones before are answered. */
async function sendSteadily(url: string, count: number): Promise<Sent[]> {
  const sent: Promise<Sent>[] = [];
  for (let index = 0; index < count; index += 1) {
    sent.push(send(url));
    await sleep(100);
  }
  return await Promise.all(sent);
}

function expectComeBackLater(
  answers: readonly Sent[],
  reasons: readonly string[] = ["redis_unavailable"],
): void {
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    expect(reasons).toContain(problemOf(answer).reason);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  }
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_MS);
}

const untilTaken = (url: string) =>
  waitFor(
    async () => {
      const answer = await send(url);
      return answer.status === 202 ? answer : undefined;
    },
    { what: "events are taken again", timeoutMs: 20_000 },
  );

async function expectStillRunning(app: SpawnedApp): Promise<void> {
  expect(await Promise.race([app.exited, "running"])).toBe("running");
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  await app.waitReady();
}

describe("while Redis is away", () => {
  test("every sender is told to come back, and is taken without a restart once Redis is there", async () => {
    const pipeline = await setup();
    const app = pipeline.app("ingestor");
    const accepted = [await send(app.url), await send(app.url)];
    await pipeline.redis.kill9();

    expectComeBackLater(await sendSteadily(app.url, 20));
    expectComeBackLater(await Promise.all(Array.from({ length: 20 }, () => send(app.url))));
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(503);
    const refused = await app.metric("mutt_ingest_requests_total", { reason: "redis_unavailable" });
    expect(refused).toBe(40);

    await pipeline.redis.start();
    accepted.push(await untilTaken(app.url));
    await expectStillRunning(app);
    const queued = await readQueuedIds(pipeline);
    expect(queued).toEqual(expect.arrayContaining(accepted.map(({ body }) => body.id)));
  });

  test("a request with an Idempotency-Key that was refused comes in once, under the same ids", async () => {
    const pipeline = await setup();
    const { url } = pipeline.app("ingestor");
    const withKey = { "idempotency-key": "k" };
    await pipeline.redis.kill9();
    expectComeBackLater([await send(url, withKey)]);
    await pipeline.redis.start();
    await untilTaken(url);
    const { status, body } = await send(url, withKey);
    expect([status, body.id]).toEqual([202, deriveId("test", "k", 0)]);
    expect((await send(url, withKey)).body).toEqual(body);
    expect((await readQueuedIds(pipeline)).filter((id) => id === body.id)).toHaveLength(1);
  });
});

describe("while Redis is frozen", () => {
  test("every sender is told to come back, and is taken without a restart once Redis goes on", async () => {
    const pipeline = await setup();
    const app = pipeline.app("ingestor");
    const accepted = [await send(app.url), await send(app.url)];
    pipeline.redis.freeze();

    // For longer than a connection survives without an answer.
    expectComeBackLater(await sendSteadily(app.url, 60));
    expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${app.url}/readyz`)).status).toBe(503);
    const refused = await app.metric("mutt_ingest_requests_total", { reason: "redis_unavailable" });
    expect(refused).toBe(60);

    pipeline.redis.thaw();
    accepted.push(await untilTaken(app.url));
    await expectStillRunning(app);
    const queued = await readQueuedIds(pipeline);
    expect(queued).toEqual(expect.arrayContaining(accepted.map(({ body }) => body.id)));
  });

  test("many senders at once are all told to come back in time", async () => {
    const pipeline = await setup();
    const { url } = pipeline.app("ingestor");
    await send(url);
    pipeline.redis.freeze();
    onTestFinished(() => pipeline.redis.thaw());
    expectComeBackLater(await Promise.all(Array.from({ length: 50 }, () => send(url))));
  });

  test("metrics are there, the request durations and the last depth too", async () => {
    const pipeline = await setup();
    const app = pipeline.app("ingestor");
    await send(app.url);
    expect(await app.metric("mutt_ingest_queue_depth")).toBe(1);
    pipeline.redis.freeze();
    onTestFinished(() => pipeline.redis.thaw());
    await send(app.url);
    expect(await app.metric("mutt_ingest_queue_depth")).toBe(1);
    expect(await app.metric("mutt_ingest_request_duration_seconds_count")).toBe(2);
    expect(await app.metric("mutt_rate_limiter_errors_total")).toBe(1);
  });

  test("a request with an Idempotency-Key that was refused comes in once, under the same ids", async () => {
    const pipeline = await setup();
    const { url } = pipeline.app("ingestor");
    const withKey = { "idempotency-key": "k" };
    await send(url);
    pipeline.redis.freeze();
    expectComeBackLater([await send(url, withKey)]);
    pipeline.redis.thaw();
    await untilTaken(url);
    // Nothing holds the key any more: a sender that takes a 409 for an end must not meet one.
    const { status, body } = await send(url, withKey);
    expect([status, body.id]).toEqual([202, deriveId("test", "k", 0)]);
    expect((await send(url, withKey)).body).toEqual(body);
    expect((await readQueuedIds(pipeline)).filter((id) => id === body.id)).toHaveLength(1);
  });
});

describe("an ingestor that starts without Redis", () => {
  test.each([
    ["away", async ({ redis }: Pipeline) => redis.kill9(), ({ redis }: Pipeline) => redis.start()],
    [
      "frozen",
      async ({ redis }: Pipeline) => redis.freeze(),
      async ({ redis }: Pipeline) => redis.thaw(),
    ],
  ])("answers while it is %s, and takes events once it is there", async (_, take, giveBack) => {
    const pipeline = await setup([]);
    await take(pipeline);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const ready = pipeline.spawn("ingestor", { INGESTOR_PORT: String(port) });
    try {
      await waitFor(async () => (await fetch(`${url}/healthz`)).ok, {
        what: "the ingestor listens",
        timeoutMs: 30_000,
      });
      expectComeBackLater(await sendSteadily(url, 10));
      expect((await fetch(`${url}/readyz`)).status).toBe(503);
    } finally {
      await giveBack(pipeline);
    }
    const app = await ready;
    const { body } = await untilTaken(url);
    await expectStillRunning(app);
    expect(await readQueuedIds(pipeline)).toContain(body.id);
  });
});

describe("while Redis is out of memory", () => {
  test("every sender is told to come back, and is taken once there is room", async () => {
    const pipeline = await setup();
    const app = pipeline.app("ingestor");
    const redis = pipeline.redis.client();
    await redis.config("SET", "maxmemory", "1");
    // Redis says so itself, until the guard has looked.
    const full = ["redis_unavailable", "redis_memory"];
    expectComeBackLater(await sendSteadily(app.url, 5), full);
    expectComeBackLater([await send(app.url, { "idempotency-key": "k" })], full);
    await redis.config("SET", "maxmemory", "0");
    await waitFor(async () => (await send(app.url, { "idempotency-key": "k" })).status === 202, {
      what: "there is room again",
    });
    await expectStillRunning(app);
    expect(await readQueuedIds(pipeline)).toEqual([deriveId("test", "k", 0)]);
  });
});
