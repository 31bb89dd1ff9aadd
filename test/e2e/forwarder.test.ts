// Delivery: what each answer of the destination leads to.
import { startReceiver } from "@mutt/receiver";
import { type Pipeline, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  deadLetters,
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  sendAll,
  setSettings,
  untilDelivered,
} from "./support.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "forwarder",
    apps: ["ingestor", "alerter", "forwarder", "remediation"],
    env: {
      MOOG_RETRY_BASE_MS: "50",
      MOOG_RETRY_MAX_MS: "200",
      MOOG_MAX_RETRIES: "2",
      MOOG_TIMEOUT_MS: "1500",
      MOOG_RATE_LIMIT: "0",
      MOOG_BATCH_MAX: "50",
      CIRCUIT_BREAKER_THRESHOLD: "1000",
      CIRCUIT_BREAKER_TIMEOUT: "1",
      // What is parked stays as it was parked.
      REMEDIATION_ENABLED: "false",
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});
beforeEach(async () => {
  pipeline.receiver.setMode({ mode: "ok" });
  await waitFor(async () => (await unfinished()) === 0, {
    what: "the last test's deliveries are done",
  });
  pipeline.receiver.reset();
  const redis = pipeline.redis.client();
  const keys = await redis.keys(`${pipeline.prefix}:dlq-*`);
  if (keys.length > 0) await redis.del(keys);
});

async function unfinished(): Promise<number> {
  const states = ["wait", "prioritized", "delayed", "active"] as const;
  const counts = await Promise.all(states.map((state) => jobsIn(pipeline, "alert", state)));
  return counts.reduce((total, count) => total + count, 0);
}

const requests = (labels: Record<string, string>) =>
  pipeline.app("forwarder").metric("mutt_moog_requests_total", labels);

/** Waits until the dead letters are parked and returns them. */
async function parked(count: number) {
  await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) >= count, {
    what: `${count} dead letters are parked`,
    timeoutMs: 20_000,
  });
  return await deadLetters(pipeline, "dlq-forwarder");
}

test("an alert carries what the receiver needs, and the key travels in the header alone", async () => {
  const [id = ""] = (
    await sendAll(pipeline, [
      {
        hostname: "core-1.example.net",
        message: "fault: fan 2 failed",
        severity: "major",
        timestamp: "2026-11-24T06:00:01.1234567Z",
        rack: "B7",
      },
    ])
  ).ids;
  await untilDelivered(pipeline.receiver, new Set([id]));
  const [received] = pipeline.receiver.alerts({ ids: [id] });
  expect(received?.alert).toMatchObject({
    signature: "core-1.example.net::1",
    source_id: "core-1.example.net",
    external_id: id,
    manager: "MUTT",
    source: "core-1.example.net",
    class: "network",
    severity: 4,
    description: "fault: fan 2 failed",
    agent_time: Date.UTC(2026, 10, 24, 6, 0, 1) / 1000,
    custom_info: {
      handling: "Page_and_ticket",
      environment: "prod",
      rule_id: 1,
      rule_name: "faults",
      team: "network",
      event: { attributes: { rack: "B7" }, severity_given: "major" },
    },
  });
  expect(JSON.stringify(received?.alert)).not.toContain(TEST_KEYS.moog);
});

test("alerts of one request and severity travel as one delivery, most severe first", async () => {
  const before = pipeline.receiver.stats().requests;
  const accepted = await sendAll(pipeline, [faults(40)]);
  await untilDelivered(pipeline.receiver, accepted.ids);
  expect(pipeline.receiver.stats().requests - before).toBe(4);
});

test("a 429 with Retry-After is a wait: nothing is sent meanwhile, no attempt is spent", async () => {
  pipeline.receiver.setMode({ mode: "throttle", retry_after: 2, for_requests: 1 });
  const failedBefore = await requests({ status: "fail" });
  const startedAt = Date.now();
  const accepted = await sendAll(pipeline, [faults(1), faults(1, "next")]);
  await untilDelivered(pipeline.receiver, accepted.ids);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1900);
  expect(await requests({ status: "fail" })).toBe(failedBefore);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
});

test("a Retry-After as a date is obeyed, and so is a 503 that carries one", async () => {
  pipeline.receiver.setMode({
    mode: "throttle",
    status: 503,
    retry_after: 2,
    retry_after_as: "date",
    for_requests: 1,
  });
  const limitedBefore = await requests({ status: "rate_limited" });
  const accepted = await sendAll(pipeline, [faults(1)]);
  await untilDelivered(pipeline.receiver, accepted.ids);
  expect((await requests({ status: "rate_limited" })) - limitedBefore).toBe(1);
});

test("a delivery that is told to wait for longer than moog_max_wait becomes dead letters of class throttled", async () => {
  await setSettings(pipeline, { moog_max_wait: 1 });
  try {
    pipeline.receiver.setMode({ mode: "throttle", retry_after: 1 });
    await sendAll(pipeline, [faults(1)]);
    const [entry] = await parked(1);
    expect(entry?.data).toMatchObject({ class: "throttled", reason: "max_wait_exceeded" });
  } finally {
    await pipeline.redis.client().del(`${pipeline.prefix}:config:moog_max_wait`);
    pipeline.receiver.setMode({ mode: "ok" });
  }
});

describe("failures that may pass", () => {
  test.each([
    ["a 500", { mode: "error", status: 500 }, "server_error"],
    ["an HTML error page", { mode: "html" }, "server_error"],
    ["a connection that is closed", { mode: "close" }, "network"],
    ["an answer after the timeout", { mode: "late", delay_ms: 2500 }, "timeout"],
  ] as const)("%s is retried and then delivered", async (_name, mode, reason) => {
    pipeline.receiver.setMode({ ...mode, for_requests: 1 });
    const before = await requests({ reason });
    const accepted = await sendAll(pipeline, [faults(3)]);
    await untilDelivered(pipeline.receiver, accepted.ids);
    await waitFor(async () => (await requests({ reason })) > before, {
      what: `a request counted as ${reason}`,
    });
    expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
  });

  test("when they do not pass, each alert becomes a dead letter with its whole history", async () => {
    pipeline.receiver.setMode({ mode: "error", status: 500 });
    const accepted = await sendAll(pipeline, [
      [...faults(4), { hostname: "x", message: "fault 9" }],
    ]);
    const entries = await parked(5);
    expect(new Set(entries.map((entry) => entry.data.alert_id))).toEqual(accepted.ids);
    for (const { data, failedReason } of entries) {
      expect(failedReason).toMatch(/^HTTP 500 from destination/);
      expect(data).toMatchObject({
        origin_queue: "alert",
        class: "transient_downstream",
        reason: "retries_exhausted",
        replays: 0,
        payload: { external_id: data.alert_id },
      });
      expect(data.history).toHaveLength(3);
      expect(JSON.stringify(data)).not.toContain(TEST_KEYS.moog);
    }
    expect(await jobsIn(pipeline, "alert", "prioritized")).toBe(0);
  });
});

test.each([400, 413, 422] as const)(
  "a %i splits the delivery until the culprit stands alone; its neighbours are delivered",
  async (status) => {
    pipeline.receiver.setMode({ mode: "reject", text: "poison", status });
    const body = faults(40).map((event, index) =>
      index === 20 ? { ...event, message: "fault: poison" } : event,
    );
    const accepted = await sendAll(pipeline, [body]);
    const [entry, ...others] = await parked(1);
    expect(others).toEqual([]);
    expect(entry?.data).toMatchObject({
      class: "permanent",
      reason: "rejected",
      payload: { description: "fault: poison" },
    });
    const neighbours = new Set(accepted.ids);
    neighbours.delete(String(entry?.data.alert_id));
    await untilDelivered(pipeline.receiver, neighbours);
  },
);

test.each([
  ["401", { mode: "unauthorized" }, /401/],
  ["404", { mode: "error", status: 404 }, /404/],
  ["a redirect", { mode: "redirect" }, /302/],
] as const)(
  "a destination that answers %s opens the breaker with that reason; nothing is dead-lettered",
  async (_name, mode, reason) => {
    pipeline.receiver.setMode(mode);
    const accepted = await sendAll(pipeline, [faults(8)]);
    await waitFor(
      () => pipeline.app("forwarder").metric("mutt_circuit_breaker_state", { state: "open" }),
      { what: "the breaker opens" },
    );
    const stored = await pipeline.redis.client().hget(`${pipeline.prefix}:breaker:moog`, "reason");
    expect(stored).toMatch(reason);
    expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);

    pipeline.receiver.setMode({ mode: "ok" });
    await untilDelivered(pipeline.receiver, accepted.ids);
    expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(0);
  },
);

test("a host name that does not exist opens the breaker instead of spending attempts", async () => {
  await using other = await startPipeline({
    testName: "dns",
    apps: ["ingestor", "alerter", "forwarder"],
    env: { MOOG_WEBHOOK_URL: "http://moog.invalid/webhook", MOOG_MAX_RETRIES: "0" },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  await sendAll(other, [faults(4)]);
  await waitFor(
    () => other.app("forwarder").metric("mutt_moog_requests_total", { reason: "dns" }),
    { what: "the name cannot be found" },
  );
  await waitFor(
    () => other.app("forwarder").metric("mutt_circuit_breaker_state", { state: "open" }),
    { what: "the breaker opens" },
  );
  expect(await jobsIn(other, "alert", "prioritized")).toBeGreaterThan(0);
  expect(
    await other.app("forwarder").metric("mutt_forward_alerts_total", { outcome: "dead" }),
  ).toBe(0);
});

test("two forwarders share one rate limit, and a new limit is in force without a restart", async () => {
  await using receiver = await startReceiver({ apiKey: TEST_KEYS.moog });
  await using other = await startPipeline({
    testName: "shared-rate",
    apps: ["ingestor", "alerter", "forwarder"],
    env: {
      MOOG_RATE_LIMIT: "10",
      MOOG_BATCH_MAX: "1",
      MOOG_WEBHOOK_URL: `${receiver.url}/webhook`,
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  await other.spawn("forwarder");
  const startedAt = Date.now();
  const accepted = await sendAll(other, [faults(100), faults(100, "more")]);
  await waitFor(() => receiver.stats().unique >= 60, { what: "60 deliveries", timeoutMs: 30_000 });
  // At ten a second for both; each with a limit of its own would need half of it.
  expect(Date.now() - startedAt).toBeGreaterThan(5000);
  await setSettings(other, { moog_rate_limit: 0 });
  await untilDelivered(receiver, accepted.ids, 10_000);
});

test("the key stands in no job, no log line and no metric", async () => {
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  await sendAll(pipeline, [faults(2)]);
  await parked(2);
  const redis = pipeline.redis.client();
  for (const key of await redis.keys(`${pipeline.prefix}:*`)) {
    const dump = await redis.dumpBuffer(key);
    expect(dump?.includes(TEST_KEYS.moog), key).not.toBe(true);
  }
  const forwarder = pipeline.app("forwarder");
  expect(forwarder.logs()).not.toContain(TEST_KEYS.moog);
  const metrics = await (await fetch(`${forwarder.url}/metrics`)).text();
  expect(metrics).not.toContain(TEST_KEYS.moog);
});
