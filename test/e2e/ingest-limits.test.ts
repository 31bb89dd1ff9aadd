import { setTimeout as sleep } from "node:timers/promises";
import { type SettingKey, setSetting } from "@mutt/dynamic-config";
import { MAX_CHUNK_EVENTS, MAX_INGEST_JOB_BYTES } from "@mutt/queues";
import { recordAudit } from "@mutt/store";
import { type Pipeline, type SpawnedApp, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { post, problemOf, rawHead, readChunks, sendRaw } from "./ingest-client.ts";
import { timeAwake } from "./support.ts";

/** A changed setting is in force in every process within 2 s; half a second for a busy machine. */
const IN_FORCE_MS = 2500;

let pipeline: Pipeline;
let replicas: SpawnedApp[];

beforeAll(async () => {
  // Without an alerter, what was accepted stays in the queue to be counted.
  pipeline = await startPipeline({
    testName: "ingest limits",
    apps: ["ingestor"],
    // Off, and with a window that no test outlives.
    env: { INGEST_MAX_RATE: "0", INGEST_RATE_WINDOW: "3600" },
  });
  replicas = [pipeline.app("ingestor"), await pipeline.spawn("ingestor")];
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const events = (count: number, message = "link down") =>
  Array.from({ length: count }, (_, index) => ({
    hostname: "sw1",
    message: `${message} ${index}`,
  }));

/** Sends so many events to one of the replicas. */
const sendTo = (replica: number, count: number) =>
  post(`${replicas[replica]?.url}/ingest`, events(count));

const statusesOfAll = async (count: number) =>
  (await Promise.all(replicas.map((_, index) => sendTo(index, count)))).map(({ status }) => status);

async function change(key: SettingKey, value: number): Promise<void> {
  const { prefix } = pipeline;
  const redis = pipeline.redis.client();
  const deps = { redis, prefix, env: {}, recordAudit: recordAudit(prefix) };
  await setSetting(deps, { key, value, actor: "test" });
}

/** Waits until a change shows, and checks that it took no longer than promised. */
async function untilInForce(what: string, shows: () => Promise<boolean>): Promise<void> {
  const awake = timeAwake();
  await waitFor(shows, { what });
  expect(awake()).toBeLessThan(IN_FORCE_MS);
}

/** Like `untilInForce`, until every replica refuses a request of `count` events with `status`. */
const untilRefused = (count: number, status: number) =>
  untilInForce(`${count} events are answered ${status}`, async () =>
    (await statusesOfAll(count)).every((seen) => seen === status),
  );

describe("the global rate limit", () => {
  test("comes into force at run time and is one for all replicas", async () => {
    await change("ingest_max_rate", 10);
    // More than the limit: that is never counted, so it may be tried until both know.
    await untilRefused(11, 429);
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      statuses.push((await sendTo(index % 2, 1)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(202), 429, 429]);

    const answer = await sendTo(0, 1);
    expect(problemOf(answer)).toMatchObject({ status: 429, reason: "rate_limited" });
    const retryAfter = Number(answer.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(3600 + 180);
  });

  test("is loosened and lifted by whatever writes its key", async () => {
    await change("ingest_max_rate", 10);
    await untilRefused(11, 429);
    while ((await sendTo(0, 1)).status === 202);
    const redis = pipeline.redis.client();
    const key = `${pipeline.prefix}:config:ingest_max_rate`;
    await redis.set(key, "12");
    await untilInForce("one more on each replica", async () => (await sendTo(0, 1)).status === 202);
    await untilInForce("one more on each replica", async () => (await sendTo(1, 1)).status === 202);
    expect(await statusesOfAll(1)).toEqual([429, 429]);

    await redis.set(key, "0");
    await untilInForce("no limit on any replica", async () =>
      (await statusesOfAll(100)).every((status) => status === 202),
    );
  });

  test("lets a sender in that comes back when it was told to", async () => {
    await change("ingest_rate_window", 1);
    await change("ingest_max_rate", 5);
    await untilRefused(6, 429);
    const refused = await waitFor(
      async () => {
        const answer = await sendTo(0, 4);
        return answer.status === 429 ? answer : undefined;
      },
      { what: "the limit is reached", everyMs: 0 },
    );
    await sleep(Number(refused.headers.get("retry-after")) * 1000);
    expect((await sendTo(1, 4)).status).toBe(202);
    await change("ingest_max_rate", 0);
    await change("ingest_rate_window", 3600);
    await untilInForce("no limit on any replica", async () =>
      (await statusesOfAll(6)).every((status) => status === 202),
    );
  });

  test("is counted as refusals, not as errors of the limiter", async () => {
    const sums = async (name: string, labels: Record<string, string> = {}) => {
      const values = await Promise.all(replicas.map((app) => app.metric(name, labels)));
      return values.reduce((total, value) => total + value, 0);
    };
    const errorsBefore = await sums("mutt_rate_limiter_errors_total");
    const before = [
      await sums("mutt_ingest_requests_total", { status: "fail", reason: "rate_limited" }),
      await sums("mutt_ingest_events_total", { outcome: "refused" }),
    ] as const;
    await change("ingest_max_rate", 1);
    await untilRefused(7, 429);
    await change("ingest_max_rate", 0);
    await untilInForce("no limit", async () => (await statusesOfAll(7)).every((s) => s === 202));
    const requests = await sums("mutt_ingest_requests_total", { reason: "rate_limited" });
    const refused = await sums("mutt_ingest_events_total", { outcome: "refused" });
    expect(requests - before[0]).toBeGreaterThanOrEqual(2);
    expect(refused - before[1]).toBe(7 * (requests - before[0]));
    // A Redis that stood still makes one now and then; a refusal makes none.
    const errors = (await sums("mutt_rate_limiter_errors_total")) - errorsBefore;
    expect(errors).toBeLessThan(requests - before[0]);
  });
});

describe("the cap of the ingest queue", () => {
  test("refuses with the depth what would go beyond it, until it is raised", async () => {
    const depth = (await sendTo(0, 1)).body.queue_depth as number;
    const cap = depth + 5;
    await change("max_ingest_queue_size", cap);
    await untilRefused(cap + 1, 503);
    // Probes that came before the cap was in force are in the queue: it may be full by now.
    const filled = await waitFor(
      async () => {
        const answer = await sendTo(0, 1);
        return answer.status === 503 ? answer : undefined;
      },
      { what: "the queue is full" },
    );
    expect(problemOf(filled)).toMatchObject({
      reason: "queue_full",
      queue_depth: expect.any(Number),
    });
    expect(filled.body.queue_depth).toBeGreaterThanOrEqual(cap);
    expect(Number(filled.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);

    await change("max_ingest_queue_size", 1_000_000);
    await untilInForce("events are taken again", async () =>
      (await statusesOfAll(1)).every((status) => status === 202),
    );
  });
});

describe("the jobs of the ingest queue", () => {
  /** The chunks that hold events with this text. */
  async function chunksOf(text: string) {
    const chunks = await readChunks(pipeline);
    return chunks.filter(({ events }) => events.some(({ message }) => message.includes(text)));
  }

  test.each([
    ["short", 1000, 20],
    ["long", 1000, 3000],
    ["many", 10_000, 20],
  ])(
    "are chunks of bounded size for a request of events that are %s",
    async (text, count, size) => {
      const body = events(count, text.padEnd(size, "."));
      const answer = await post(`${replicas[0]?.url}/ingest`, body);
      expect(answer.body).toMatchObject({ accepted: count, rejected: 0 });
      const chunks = await chunksOf(text);
      expect(chunks.flatMap((chunk) => chunk.events.map(({ message }) => message))).toEqual(
        body.map(({ message }) => message),
      );
      for (const chunk of chunks) {
        expect(chunk.events.length).toBeLessThanOrEqual(MAX_CHUNK_EVENTS);
        expect(Buffer.byteLength(JSON.stringify(chunk))).toBeLessThanOrEqual(MAX_INGEST_JOB_BYTES);
      }
      expect(chunks.length).toBeLessThan(count / 10);
    },
  );

  test("are shared by single posts that come at the same time", async () => {
    const posts = 200;
    const text = JSON.stringify({ hostname: "sw1", message: "shared by many" });
    const head = rawHead([
      `X-API-KEY: ${TEST_KEYS.ingest}`,
      "Content-Type: application/json",
      `Content-Length: ${text.length}`,
    ]);
    const answers = await sendRaw(`${replicas[0]?.url}`, (head + text).repeat(posts), {
      answers: posts,
    });
    expect(answers.map(({ status }) => status)).toEqual(Array(posts).fill(202));
    const chunks = await chunksOf("shared by many");
    const queued = chunks.flatMap((chunk) => chunk.events.map(({ id }) => id));
    const answered = answers.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(queued.toSorted()).toEqual(answered.toSorted());
    expect(chunks.length).toBeLessThan(posts / 4);
  });

  test("are one for a post that comes alone", async () => {
    await post(`${replicas[0]?.url}/ingest`, { hostname: "sw1", message: "all alone" });
    expect((await chunksOf("all alone")).map((chunk) => chunk.events.length)).toEqual([1]);
  });
});
