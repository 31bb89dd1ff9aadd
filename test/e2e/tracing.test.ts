// Traces: one from the sender's header through both queues to the request that goes out, seen by a collector that the
// tests play.
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { openQueue, retryParked } from "@mutt/queues";
import { patientOptions, RedisEnv, redisSettings } from "@mutt/redis";
import { type Pipeline, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CollectedSpan,
  type Collector,
  startCollector,
  startWebhook,
  type Webhook,
} from "./collector.ts";
import { deadLetters, FORWARD_FAULTS, jobsIn, putRules, rule, timeAwake } from "./support.ts";

const APPS = ["ingestor", "alerter", "forwarder"] as const;
const RETRIES = {
  MOOG_RETRY_BASE_MS: "50",
  MOOG_RETRY_MAX_MS: "200",
  MOOG_MAX_RETRIES: "2",
  MOOG_RATE_LIMIT: "0",
  CIRCUIT_BREAKER_THRESHOLD: "1000",
};
/** A rule whose events end in the alerter. */
const LOG_ONLY = rule({ name: "log", match_string: "only logged", prod_handling: "Log_only" });

interface Sender {
  traceId: string;
  spanId: string;
  traceparent: string;
}

function sender(flags = "01"): Sender {
  const traceId = randomBytes(16).toString("hex");
  const spanId = randomBytes(8).toString("hex");
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

let count = 0;

/** An event that the rule forwards, like no other one. */
function fault(): Record<string, unknown> {
  return { hostname: "sw1.example.net", message: `fault number ${count++}`, severity: "error" };
}

async function post(
  pipeline: Pipeline,
  event: unknown,
  headers: Record<string, string>,
): Promise<string> {
  const response = await pipeline.ingest(event, headers);
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

/** The request that brought an alert; waits until it is there. */
function untilPosted(webhook: Webhook, id: string, times = 1) {
  return waitFor(() => webhook.posted.filter(({ ids }) => ids.includes(id))[times - 1], {
    what: `${id} is posted`,
    timeoutMs: 30_000,
  });
}

const traceIdOf = (headers: Record<string, unknown>): string | undefined =>
  /^00-([\da-f]{32})-[\da-f]{16}-01$/.exec(String(headers.traceparent))?.[1];

const spanIdOf = (headers: Record<string, unknown>): string | undefined =>
  String(headers.traceparent).split("-")[2];

describe("with a collector", () => {
  let pipeline: Pipeline;
  let collector: Collector;
  let webhook: Webhook;

  beforeAll(async () => {
    collector = await startCollector();
    webhook = await startWebhook();
    pipeline = await startPipeline({
      testName: "tracing",
      apps: [...APPS, "remediation"],
      env: {
        ...RETRIES,
        MOOG_WEBHOOK_URL: webhook.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: "x-token=token%20of%20the%20collector",
      },
      prepare: (parts) => putRules(parts, [FORWARD_FAULTS, LOG_ONLY]),
    });
  });
  afterAll(async () => {
    await pipeline?.[Symbol.asyncDispose]();
    await webhook?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  /** The spans of a trace by service and kind; waits until there are so many. */
  async function untilTrace(traceId: string, spans: number): Promise<CollectedSpan[]> {
    return await waitFor(
      () => {
        const trace = collector.trace(traceId);
        return trace.length >= spans ? trace : undefined;
      },
      { what: `trace ${traceId} has ${spans} spans`, timeoutMs: 20_000 },
    );
  }

  const only = (spans: CollectedSpan[], service: string, name: string): CollectedSpan => {
    const found = spans.filter((span) => span.service === service && span.name === name);
    expect(found).toHaveLength(1);
    return found[0] as CollectedSpan;
  };

  test("an event is one trace from its sender to the request that goes out", async () => {
    const from = sender();
    const headers = { traceparent: from.traceparent, tracestate: "vendor=kept" };
    const id = await post(pipeline, fault(), headers);
    const posted = await untilPosted(webhook, id);
    const trace = await untilTrace(from.traceId, 4);

    const ingest = only(trace, "mutt-ingestor", "POST /api/v1/ingest");
    const alerter = only(trace, "mutt-alerter", "process ingest");
    const forwarder = only(trace, "mutt-forwarder", "process alert");
    const request = only(trace, "mutt-forwarder", "POST");
    expect([ingest, alerter, forwarder, request].map(({ kind }) => kind)).toEqual([2, 5, 5, 3]);
    expect([ingest, alerter, forwarder, request].map((span) => span.parentSpanId)).toEqual([
      from.spanId,
      ingest.spanId,
      alerter.spanId,
      forwarder.spanId,
    ]);
    for (const span of [ingest, alerter, forwarder]) {
      expect(span.attributes["mutt.alert_id"]).toBe(id);
    }
    expect(alerter.attributes["mutt.forwarded_count"]).toBe(1);
    expect(request.attributes["http.response.status_code"]).toBe(200);
    expect(trace.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    expect(traceIdOf(posted.headers)).toBe(from.traceId);
    expect(spanIdOf(posted.headers)).toBe(request.spanId);
    expect(posted.headers.tracestate).toBe("vendor=kept");
    expect(new Set(trace.map(({ traceState }) => traceState))).toEqual(new Set(["vendor=kept"]));
  });

  test("an event that no rule forwards ends its trace in the alerter", async () => {
    const from = sender();
    const event = { hostname: "sw1", message: "only logged", severity: 3 };
    await post(pipeline, event, { traceparent: from.traceparent });
    const trace = await untilTrace(from.traceId, 2);
    const alerter = only(trace, "mutt-alerter", "process ingest");
    expect(alerter.attributes).not.toHaveProperty("mutt.forwarded_count");
  });

  test.each([
    ["no traceparent", {}],
    ["an invalid one", { traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-01` }],
  ])("an event with %s begins a trace", async (_, headers) => {
    const id = await post(pipeline, fault(), headers);
    const posted = await untilPosted(webhook, id);
    const trace = await untilTrace(traceIdOf(posted.headers) ?? "", 4);
    const ingest = only(trace, "mutt-ingestor", "POST /api/v1/ingest");
    expect(ingest.parentSpanId).toBeUndefined();
  });

  test("a sender that keeps no trace gets none, and the decision goes on", async () => {
    const from = sender("00");
    const id = await post(pipeline, fault(), { traceparent: from.traceparent });
    const posted = await untilPosted(webhook, id);
    expect(String(posted.headers.traceparent)).toMatch(
      new RegExp(`^00-${from.traceId}-[\\da-f]{16}-00$`),
    );
    // A trace that came later is there.
    const later = sender();
    await post(pipeline, fault(), { traceparent: later.traceparent });
    await untilTrace(later.traceId, 4);
    expect(collector.trace(from.traceId)).toEqual([]);
  });

  test("events of several senders that travel together stay in their traces, linked by the request", async () => {
    const senders = Array.from({ length: 12 }, () => sender());
    // While Redis takes no writes, requests gather: what waits then is queued in one go.
    await pipeline.redis.client().call("CLIENT", "PAUSE", "700", "WRITE");
    const posts = senders.map(({ traceparent }) => post(pipeline, fault(), { traceparent }));
    const ids = await Promise.all(posts);
    await Promise.all(ids.map((id) => untilPosted(webhook, id)));
    const traces = await Promise.all(senders.map(({ traceId }) => untilTrace(traceId, 3)));

    for (const trace of traces) {
      const ingest = only(trace, "mutt-ingestor", "POST /api/v1/ingest");
      const alerter = only(trace, "mutt-alerter", "process ingest");
      const forwarder = only(trace, "mutt-forwarder", "process alert");
      expect(alerter.parentSpanId).toBe(ingest.spanId);
      expect(forwarder.parentSpanId).toBe(alerter.spanId);
    }
    const deliveries = [...new Set(await Promise.all(ids.map((id) => untilPosted(webhook, id))))];
    expect(Math.max(...deliveries.map((delivery) => delivery.ids.length))).toBeGreaterThan(1);
    for (const { headers, ids: together } of deliveries) {
      const members = together.map(
        (id) =>
          traces
            .flat()
            .find(
              (span) => span.name === "process alert" && span.attributes["mutt.alert_id"] === id,
            ) as CollectedSpan,
      );
      const request = await waitFor(
        () => collector.spans().find(({ spanId }) => spanId === spanIdOf(headers)),
        { what: "the span of the request" },
      );
      const parent = members.find(({ spanId }) => spanId === request.parentSpanId);
      const others = members.filter((member) => member !== parent);
      expect(parent?.links).toEqual([]);
      expect(request.traceId).toBe(parent?.traceId);
      expect(request.links.map(({ spanId }) => spanId).toSorted()).toEqual(
        others.map(({ spanId }) => spanId).toSorted(),
      );
      for (const { links } of others) {
        expect(links).toEqual([{ traceId: request.traceId, spanId: request.spanId }]);
      }
    }
  });

  test("every attempt is a span of its own, with what came of it", async () => {
    const from = sender();
    webhook.answerNext(503, 429);
    const id = await post(pipeline, fault(), { traceparent: from.traceparent });
    await untilPosted(webhook, id, 3);
    const trace = await untilTrace(from.traceId, 2 + 3 * 2);
    const requests = trace.filter(({ name }) => name === "POST");
    expect(
      requests.map(({ status, attributes }) => [
        attributes["http.response.status_code"],
        attributes["error.type"],
        attributes["http.request.resend_count"],
        status,
      ]),
    ).toEqual([
      [503, "503", undefined, 2],
      [429, "429", 1, 2],
      [200, undefined, 2, 0],
    ]);
    const alerter = only(trace, "mutt-alerter", "process ingest");
    const attempts = trace.filter(({ name }) => name === "process alert");
    expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual(Array(3).fill(alerter.spanId));
    const sent = webhook.posted.filter(({ ids }) => ids.includes(id));
    expect(sent.map(({ headers }) => spanIdOf(headers))).toEqual(
      requests.map(({ spanId }) => spanId),
    );
  });

  test("a dead letter is told of, and its replay goes on with the trace", async () => {
    const from = sender();
    webhook.answerNext(400);
    const id = await post(pipeline, fault(), { traceparent: from.traceparent });
    const trace = await untilTrace(from.traceId, 4);
    const given = only(trace, "mutt-forwarder", "process alert");
    expect(given.events).toEqual([
      {
        name: "dead_letter",
        attributes: {
          "mutt.alert_id": id,
          "mutt.dead_letter.class": "permanent",
          "mutt.dead_letter.reason": "rejected",
        },
      },
    ]);
    expect(given.attributes["error.type"]).toBe("permanent");

    await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) === 1, {
      what: "the dead letter is parked",
    });
    const [entry] = await deadLetters(pipeline, "dlq-forwarder");
    expect(entry?.data.trace).toEqual({ traceparent: `00-${from.traceId}-${given.spanId}-01` });
    const queue = openQueue("dlq-forwarder", {
      connection: patientOptions(redisSettings(RedisEnv.parse({ REDIS_URL: pipeline.redis.url }))),
      prefix: pipeline.prefix,
      onError: () => {},
    });
    expect(await retryParked(queue, `${id}~r0`)).toBe(true);
    const posted = await untilPosted(webhook, id, 2);
    expect(traceIdOf(posted.headers)).toBe(from.traceId);
    await queue.close();
  });

  test("a batch is one request, with its alerts counted", async () => {
    const from = sender();
    const response = await pipeline.ingest(Array.from({ length: 120 }, fault), {
      traceparent: from.traceparent,
    });
    expect(response.status).toBe(202);
    // Two chunks of at most a hundred events; three deliveries of at most fifty.
    const trace = await untilTrace(from.traceId, 1 + 2 + 3 * 2);
    const ingest = only(trace, "mutt-ingestor", "POST /api/v1/ingest");
    expect(ingest.attributes["mutt.alert_count"]).toBe(120);
    const chunks = trace.filter(({ name }) => name === "process ingest");
    const forwarded = chunks.map(({ attributes }) => Number(attributes["mutt.forwarded_count"]));
    expect(forwarded.toSorted((a, b) => b - a)).toEqual([100, 20]);
    expect(trace.flatMap(({ links }) => links)).toEqual([]);
  });

  test("a refused request has a span that says why", async () => {
    const from = sender();
    const headers = { traceparent: from.traceparent, "x-api-key": "a-key-that-nobody-knows" };
    expect((await pipeline.ingest(fault(), headers)).status).toBe(401);
    const [span] = await untilTrace(from.traceId, 1);
    expect(span).toMatchObject({
      status: 0,
      attributes: { "http.response.status_code": 401, "mutt.refusal_reason": "unauthorized" },
    });
  });

  // The last one of these, for it reads what all of them have led to.
  test("the collector is told no secret, no message and no text of the webhook", () => {
    const told = collector.bodies();
    expect(told).toContain("process ingest");
    for (const secret of [
      TEST_KEYS.ingest,
      TEST_KEYS.moog,
      "a-key-that-nobody-knows",
      "token-of-the-webhook",
      "answer-of-the-webhook",
      "fault number",
    ]) {
      expect(told).not.toContain(secret);
    }
    for (const { path, headers } of collector.requests()) {
      expect(path).toBe("/v1/traces");
      expect(headers["x-token"]).toBe("token of the collector");
    }
  });
});

describe.each(["away", "silent"] as const)("with a collector that is %s", (kind) => {
  test("alerts are delivered, and the apps stop in time", async () => {
    await using webhook = await startWebhook();
    await using collector = await startCollector({ hangs: true });
    const endpoint = kind === "silent" ? collector.url : `http://127.0.0.1:${await closedPort()}`;
    await using pipeline = await startPipeline({
      testName: `tracing-${kind}`,
      apps: APPS,
      env: {
        ...RETRIES,
        MOOG_WEBHOOK_URL: webhook.url,
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      },
      prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
    });
    const ids = await Promise.all(Array.from({ length: 50 }, () => post(pipeline, fault(), {})));
    await Promise.all(ids.map((id) => untilPosted(webhook, id)));
    const warnings = (name: (typeof APPS)[number]) =>
      pipeline
        .app(name)
        .logs()
        .match(/exporting traces [^"]*: failing/g) ?? [];
    for (const name of APPS) {
      await waitFor(() => warnings(name).length > 0, {
        what: `${name} says that its spans are dropped`,
        timeoutMs: 30_000,
      });
    }
    // A second export fails too, and is not worth another line.
    await post(pipeline, fault(), {});
    const awake = timeAwake();
    const ends = await Promise.all(APPS.map((name) => pipeline.app(name).stop()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(awake()).toBeLessThan(5000);
    expect(APPS.map((name) => warnings(name).length)).toEqual([1, 1, 1]);
  });
});

describe("without a collector's address", () => {
  test("nothing is traced: no header goes out and no job is larger", async () => {
    await using webhook = await startWebhook();
    await using pipeline = await startPipeline({
      testName: "tracing-off",
      apps: APPS,
      env: { ...RETRIES, MOOG_WEBHOOK_URL: webhook.url },
      prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
    });
    webhook.answerNext(400);
    const id = await post(pipeline, fault(), { traceparent: sender().traceparent });
    const { headers } = await untilPosted(webhook, id);
    expect(headers).not.toHaveProperty("traceparent");
    await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "wait")) === 1, {
      what: "the dead letter is there",
    });
    const keys = await pipeline.redis.client().keys(`${pipeline.prefix}:dlq-forwarder:${id}*`);
    const data = await pipeline.redis.client().hget(keys[0] ?? "", "data");
    expect(data).toContain(id);
    expect(data).not.toContain("trace");
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 1;
}
