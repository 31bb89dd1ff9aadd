// The promise: an event answered 202 is delivered, or stands in a queue with a named reason.
import { setTimeout } from "node:timers/promises";
import { startReceiver } from "@mutt/receiver";
import { freePort, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import {
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  sendAll,
  unknownTo,
  untilDelivered,
} from "./support.ts";

/** Fast enough for a test, and still what operators can set. */
const QUICK = { MOOG_RETRY_BASE_MS: "50", MOOG_RETRY_MAX_MS: "500", MOOG_MAX_RETRIES: "20" };

const prepare = (pipeline: Parameters<typeof putRules>[0]) => putRules(pipeline, [FORWARD_FAULTS]);

test("a burst of 2,000 alerts at 50 deliveries a second, every third failing, loses none and keeps the rate", async () => {
  await using pipeline = await startPipeline({
    testName: "burst",
    env: { ...QUICK, MOOG_RATE_LIMIT: "50", MOOG_BATCH_MAX: "4" },
    prepare,
  });
  pipeline.receiver.setMode({ mode: "every", n: 3, status: 500 });

  const accepted = await sendAll(pipeline, faults(2000), { concurrency: 32 });
  expect(accepted.ids.size).toBe(2000);
  await untilDelivered(pipeline.receiver, accepted.ids, 120_000);

  const stats = pipeline.receiver.stats();
  expect(stats.byStatus["500"]).toBeGreaterThan(50);
  // On the average: on a busy machine requests that were started apart may arrive together.
  const moments = stats.perSecond.map(({ second }) => Date.parse(second));
  const seconds = (Math.max(...moments) - Math.min(...moments)) / 1000 + 1;
  expect(stats.requests).toBeLessThanOrEqual(50 * (seconds + 1));
  expect(unknownTo(accepted.ids, pipeline.receiver)).toEqual([]);
  expect(
    await pipeline.app("forwarder").metric("mutt_forward_alerts_total", { outcome: "dead" }),
  ).toBe(0);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
});

test("kill -9 of the alerter, the forwarder and Redis in mid-stream loses nothing", async () => {
  await using pipeline = await startPipeline({
    testName: "kill",
    env: { ...QUICK, MOOG_RATE_LIMIT: "0", MOOG_BATCH_MAX: "5" },
    prepare,
  });
  const batches = Array.from({ length: 2000 }, (_, index) => faults(20, `batch ${index}`));
  const stream = new AbortController();
  const { signal } = stream;
  const sending = sendAll(pipeline, batches, { concurrency: 4, pauseMs: 100, signal });
  const delivered = () => pipeline.receiver.stats().unique;

  await waitFor(() => delivered() > 200, { what: "the stream flows" });
  await pipeline.app("alerter").kill9();
  await pipeline.spawn("alerter");
  await pipeline.app("forwarder").kill9();
  await pipeline.spawn("forwarder");
  await pipeline.redis.kill9();
  await pipeline.redis.start();
  const whenBack = delivered();
  await waitFor(() => delivered() > whenBack + 100, { what: "it flows again", timeoutMs: 30_000 });
  stream.abort();

  const accepted = await sending;
  // The stream was still flowing when Redis went: its senders noticed.
  expect(accepted.refusals).toBeGreaterThan(0);
  await untilDelivered(pipeline.receiver, accepted.ids, 90_000);
  expect(unknownTo(accepted.ids, pipeline.receiver)).toEqual([]);
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(0);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
});

test("a receiver that is down and comes back gets everything, and an open breaker spends no attempt", async () => {
  const port = await freePort();
  await using pipeline = await startPipeline({
    testName: "down",
    env: {
      MOOG_WEBHOOK_URL: `http://127.0.0.1:${port}/webhook`,
      MOOG_RETRY_BASE_MS: "100",
      MOOG_RATE_LIMIT: "0",
      MOOG_BATCH_MAX: "5",
      CIRCUIT_BREAKER_THRESHOLD: "5",
      CIRCUIT_BREAKER_TIMEOUT: "3",
      MOOG_MAX_RETRIES: "3",
    },
    prepare,
  });
  const forwarder = pipeline.app("forwarder");
  const attempts = () => forwarder.metric("mutt_moog_requests_total");
  const isOpen = () => forwarder.metric("mutt_circuit_breaker_state", { state: "open" });

  const accepted = await sendAll(pipeline, [faults(400), faults(400, "more")]);
  await waitFor(isOpen, { what: "the breaker opens" });
  const whenOpened = await attempts();
  const probes = () =>
    forwarder.metric("mutt_circuit_breaker_transitions_total", { to: "half_open" });
  const probesBefore = await probes();
  await waitFor(async () => (await probes()) >= probesBefore + 3, {
    what: "three probes of the open breaker",
    timeoutMs: 30_000,
  });
  // Requests under way when it opened may still fail; after that one probe for each half-open phase.
  const spent = (await attempts()) - whenOpened;
  expect(spent).toBeLessThanOrEqual((await probes()) + 32);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);

  await using receiver = await startReceiver({ port, apiKey: TEST_KEYS.moog });
  await untilDelivered(receiver, accepted.ids);
  expect(unknownTo(accepted.ids, receiver)).toEqual([]);
  expect(await forwarder.metric("mutt_circuit_breaker_state", { state: "closed" })).toBe(1);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
});

test.each(["ingestor", "alerter", "forwarder"] as const)(
  "SIGTERM under load ends the %s with 0 within the deadline, and nothing is lost",
  async (name) => {
    await using pipeline = await startPipeline({
      testName: `sigterm-${name}`,
      env: {
        ...QUICK,
        MOOG_RATE_LIMIT: "100",
        MOOG_BATCH_MAX: "5",
        INGESTOR_PORT: String(await freePort()),
      },
      prepare,
    });
    pipeline.receiver.setMode({ mode: "slow", delay_ms: 200 });
    const bodies = Array.from({ length: 60 }, (_, index) => faults(10, `batch ${index}`));
    const sending = sendAll(pipeline, bodies, { concurrency: 4, pauseMs: 20 });
    await waitFor(() => pipeline.receiver.stats().unique > 20, { what: "the stream flows" });

    const ended = await pipeline.app(name).stop();
    expect(ended).toMatchObject({ code: 0 });
    await pipeline.spawn(name);

    const accepted = await sending;
    await untilDelivered(pipeline.receiver, accepted.ids);
    expect(unknownTo(accepted.ids, pipeline.receiver)).toEqual([]);
    expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
  },
);

test("a forwarder that is told to stop while the receiver hangs gives its delivery back without an attempt", {
  // Between giving back and the deadline lies a second: a machine that stands still for it gets another try.
  retry: 2,
}, async () => {
  await using pipeline = await startPipeline({
    testName: "give-back",
    env: { ...QUICK, SHUTDOWN_TIMEOUT_MS: "2000", MOOG_TIMEOUT_MS: "60000" },
    prepare,
  });
  pipeline.receiver.setMode({ mode: "hang" });
  const accepted = await sendAll(pipeline, [faults(4)]);
  await waitFor(() => pipeline.receiver.alerts({ refused: true }).length > 0, {
    what: "a delivery hangs",
  });

  expect(await pipeline.app("forwarder").stop()).toMatchObject({ code: 0 });
  pipeline.receiver.setMode({ mode: "ok" });
  await pipeline.spawn("forwarder");
  await untilDelivered(pipeline.receiver, accepted.ids, 20_000);
  expect(
    await pipeline.app("forwarder").metric("mutt_moog_requests_total", { status: "fail" }),
  ).toBe(0);
});

test.each(["ingestor", "alerter", "forwarder", "remediation", "admin"] as const)(
  "SIGTERM while Redis is away ends the %s with 0 within the deadline",
  async (name) => {
    await using pipeline = await startPipeline({
      testName: `away-${name}`,
      apps: ["ingestor", "alerter", "forwarder", name],
      env: { ...QUICK, SHUTDOWN_TIMEOUT_MS: "5000" },
      prepare,
    });
    const accepted = await sendAll(pipeline, [faults(50)]);
    await untilDelivered(pipeline.receiver, accepted.ids);
    await pipeline.redis.kill9();
    expect(await pipeline.app(name).stop(), pipeline.app(name).logs()).toMatchObject({ code: 0 });
    await pipeline.redis.start();
  },
);

test("while the memory of Redis is nearly used up new events are refused, and what was accepted drains", async () => {
  await using pipeline = await startPipeline({
    testName: "memory",
    env: { ...QUICK, MOOG_RATE_LIMIT: "50", MOOG_BATCH_MAX: "1" },
    prepare,
  });
  const accepted = await sendAll(pipeline, [faults(100), faults(100, "more")]);
  const client = pipeline.redis.client();
  // Large enough that the last tenth has room for the work of the queues.
  await client.setrange(`${pipeline.prefix}:filler`, 64 * 1024 * 1024, "x");
  const used = Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]);
  await client.config("SET", "maxmemory", String(Math.ceil(used * 1.1)));

  const refused = await waitFor(
    async () => {
      const response = await pipeline.ingest({ hostname: "h", message: "one fault more" });
      if (response.status === 202) accepted.ids.add(((await response.json()) as { id: string }).id);
      return response.status === 503 ? response : undefined;
    },
    { what: "new events are refused", everyMs: 200 },
  );
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await refused.json()).toMatchObject({ status: 503, reason: "redis_memory" });

  await untilDelivered(pipeline.receiver, accepted.ids);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
  await client.config("SET", "maxmemory", "0");
  await untilDelivered(pipeline.receiver, (await sendAll(pipeline, [faults(2, "late")])).ids);
});

test("workers go on by themselves after a Redis that was full, without an attempt spent", async () => {
  await using pipeline = await startPipeline({
    testName: "full",
    env: { ...QUICK, MOOG_RATE_LIMIT: "50", MOOG_BATCH_MAX: "1" },
    prepare,
  });
  const accepted = await sendAll(pipeline, [faults(100), faults(100, "more")]);
  await waitFor(() => pipeline.receiver.stats().unique > 10, { what: "deliveries flow" });
  const client = pipeline.redis.client();
  await client.config("SET", "maxmemory", "1");
  await waitFor(() => pipeline.app("forwarder").logs().includes("OOM"), {
    what: "the forwarder meets the full Redis",
    timeoutMs: 20_000,
  });
  // Several pauses and attempts to go on fall into this time.
  await setTimeout(4000);
  await client.config("SET", "maxmemory", "0");

  await untilDelivered(pipeline.receiver, accepted.ids);
  const forwarder = pipeline.app("forwarder");
  expect(await forwarder.metric("mutt_moog_requests_total", { status: "fail" })).toBe(0);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(0);
});
