import type { TraceOrigin } from "@mutt/trace-context";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { createTracing } from "./create-tracing.ts";
import type { TracingSettings } from "./settings.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const SAMPLED = `00-${TRACE}-${PARENT}-01`;
const UNSAMPLED = `00-${TRACE}-${PARENT}-00`;
const REQUEST = {
  method: "POST",
  route: "/api/v1/ingest",
  path: "/ingest",
  correlationId: "call-1",
};
const WEBHOOK = new URL("https://user:secret@moog.example.net/hooks/secret-token?key=secret");

/** Tracing that exports into a list; `spans()` ends it. */
function setup({
  settings = {},
  exportSpans = (_, done) => done({ code: 0 }),
  giveBack = new AbortController().signal,
}: {
  settings?: Partial<TracingSettings>;
  exportSpans?: SpanExporter["export"];
  giveBack?: AbortSignal;
} = {}) {
  const exported: ReadableSpan[] = [];
  const logged: string[] = [];
  const tracing = createTracing(
    {
      settings: {
        url: "http://127.0.0.1:1/v1/traces",
        headers: {},
        serviceName: undefined,
        sampler: "parentbased_always_on",
        ratio: 1,
        ...settings,
      },
      service: "ingestor",
      version: "1.2.3",
      instance: "here:1",
      logger: {
        warn: (message) => logged.push(`warn ${message}`),
        info: (message) => logged.push(`info ${message}`),
      },
      giveBack,
    },
    {
      export(spans, done) {
        exported.push(...spans);
        exportSpans(spans, done);
      },
      shutdown: async () => {},
    },
  );
  const spans = async () => {
    await tracing[Symbol.asyncDispose]();
    return exported;
  };
  return { tracing, spans, logged };
}

/** What tests look at, of each span. */
function seen({ name, parentSpanContext, attributes, status, links, events }: ReadableSpan) {
  return { name, parent: parentSpanContext?.spanId, attributes, status, links, events };
}

const job = (alertIds: string[], origins?: TraceOrigin[]) => ({
  queue: "alert",
  id: "d1",
  alertIds,
  origins,
});

describe("a request that came in", () => {
  test("goes on from the sender's span and passes its tracestate on", async () => {
    const { tracing, spans } = setup();
    const headers = { traceparent: SAMPLED, tracestate: "vendor=x" };
    const request = tracing.receive({ ...REQUEST, headers });
    request.accepted(["a1"]);
    request.end({ status: 202 });
    const [span] = await spans();
    expect(span && seen(span)).toMatchObject({
      name: "POST /api/v1/ingest",
      parent: PARENT,
      attributes: {
        "http.request.method": "POST",
        "http.route": "/api/v1/ingest",
        "url.path": "/ingest",
        "http.response.status_code": 202,
        "mutt.alert_id": "a1",
        "mutt.correlation_id": "call-1",
      },
      status: { code: 0 },
    });
    expect(request.context).toEqual({
      traceparent: `00-${TRACE}-${span?.spanContext().spanId}-01`,
      tracestate: "vendor=x",
    });
    expect(span?.resource.attributes).toMatchObject({
      "service.name": "mutt-ingestor",
      "service.version": "1.2.3",
    });
  });

  test.each([
    ["no traceparent", {}],
    ["an invalid one", { traceparent: `00-${"0".repeat(32)}-${PARENT}-01`, tracestate: "v=x" }],
  ])("begins a trace with %s", async (_, headers) => {
    const { tracing, spans } = setup();
    tracing.receive({ ...REQUEST, headers }).end({ status: 202 });
    const [span] = await spans();
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.spanContext().traceState).toBeUndefined();
  });

  test.each([
    [401, "unauthorized", 0, undefined],
    [503, "queue_full", 2, "queue_full"],
    [undefined, undefined, 2, "disconnected"],
  ])("that was answered %s with %s has the status %i", async (status, reason, code, errorType) => {
    const { tracing, spans } = setup();
    const answer = { ...(status ? { status } : {}), ...(reason ? { reason } : {}) };
    tracing.receive({ ...REQUEST, headers: {} }).end(answer);
    const [span] = await spans();
    expect(span?.status.code).toBe(code);
    expect(span?.attributes["error.type"]).toBe(errorType);
  });

  test("names some of the alerts of a batch, and counts all", async () => {
    const { tracing, spans } = setup();
    const request = tracing.receive({ ...REQUEST, headers: {} });
    request.accepted(Array.from({ length: 1000 }, (_, index) => String(index)));
    request.end({ status: 202 });
    const [span] = await spans();
    expect(span?.attributes["mutt.alert_count"]).toBe(1000);
    expect(span?.attributes["mutt.alert_ids"]).toHaveLength(32);
  });
});

describe("sampling", () => {
  test.each([
    ["parentbased_always_on", SAMPLED, 1],
    ["parentbased_always_on", UNSAMPLED, 0],
    ["parentbased_always_off", SAMPLED, 1],
    ["parentbased_always_off", undefined, 0],
    ["parentbased_traceidratio", UNSAMPLED, 0],
    ["traceidratio", SAMPLED, 0],
    ["always_on", UNSAMPLED, 1],
    ["always_off", SAMPLED, 0],
  ] as const)("%s makes of %s %i spans", async (sampler, traceparent, count) => {
    const { tracing, spans } = setup({ settings: { sampler, ratio: 0 } });
    tracing.receive({ ...REQUEST, headers: { traceparent } }).end({ status: 202 });
    expect(await spans()).toHaveLength(count);
  });

  test("that drops a trace hands the decision on", () => {
    const { tracing } = setup();
    const request = tracing.receive({ ...REQUEST, headers: { traceparent: UNSAMPLED } });
    const jobSpans = tracing.process(job(["a1"], [request.context]));
    const { headers } = jobSpans.send({ method: "POST", url: WEBHOOK, resends: 0 });
    expect(headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-00$`));
  });
});

describe("the work on a job", () => {
  const other = `00-${"b".repeat(32)}-${"2".repeat(16)}-01`;
  const two = [
    { traceparent: SAMPLED, alert_ids: ["a1", "a2"] },
    { traceparent: other, alert_ids: ["a3"] },
  ];

  test("goes on from its only origin, to the headers of the request", async () => {
    const { tracing, spans } = setup();
    const jobSpans = tracing.process(job(["a1"], [{ traceparent: SAMPLED, tracestate: "v=1" }]));
    const sent = jobSpans.send({ method: "POST", url: WEBHOOK, resends: 2 });
    sent.end({ status: 200 });
    jobSpans.end();
    const [client, consumer] = await spans();
    expect(consumer && seen(consumer)).toMatchObject({
      name: "process alert",
      parent: PARENT,
      attributes: {
        "messaging.system": "bullmq",
        "messaging.operation.type": "process",
        "messaging.destination.name": "alert",
        "messaging.message.id": "d1",
        "mutt.alert_id": "a1",
      },
      links: [],
    });
    expect(client && seen(client)).toMatchObject({
      name: "POST",
      parent: consumer?.spanContext().spanId,
      attributes: {
        "http.response.status_code": 200,
        "http.request.resend_count": 2,
        "server.address": "moog.example.net",
        "server.port": 443,
        "url.full": "https://moog.example.net/REDACTED",
      },
    });
    expect(sent.headers).toEqual({
      traceparent: `00-${TRACE}-${client?.spanContext().spanId}-01`,
      tracestate: "v=1",
    });
    expect(JSON.stringify([client, consumer].map((span) => span?.attributes))).not.toContain(
      "secret",
    );
  });

  test("has a span in the trace of each origin, and links them with the one request", async () => {
    const { tracing, spans } = setup();
    const jobSpans = tracing.process(job(["a1", "a2", "a3"], two));
    jobSpans.send({ method: "POST", url: WEBHOOK, resends: 0 }).end({ status: 200 });
    jobSpans.end();
    const [client, first, second] = await spans();
    expect([first, second].map((span) => span?.spanContext().traceId)).toEqual([
      TRACE,
      "b".repeat(32),
    ]);
    expect(first?.attributes["mutt.alert_ids"]).toEqual(["a1", "a2"]);
    expect(client?.parentSpanContext?.spanId).toBe(first?.spanContext().spanId);
    expect(client?.links.map(({ context }) => context.spanId)).toEqual([
      second?.spanContext().spanId,
    ]);
    expect(first?.links).toEqual([]);
    expect(second?.links.map(({ context }) => context.spanId)).toEqual([
      client?.spanContext().spanId,
    ]);
    expect(jobSpans.origins.map(({ alert_ids }) => alert_ids)).toEqual([["a1", "a2"], ["a3"]]);
  });

  test("sends in the first trace that is kept", () => {
    const { tracing } = setup();
    const [first, second] = two;
    const origins = [{ ...first, traceparent: UNSAMPLED }, second] as TraceOrigin[];
    const jobSpans = tracing.process(job(["a1", "a3"], origins));
    const { headers } = jobSpans.send({ method: "POST", url: WEBHOOK, resends: 0 });
    expect(headers.traceparent).toMatch(/^00-b{32}-/);
  });

  test.each([
    ["nothing is known", undefined],
    ["a malformed one", [{ traceparent: "garbage" }]],
    ["one of other alerts", [{ traceparent: SAMPLED, alert_ids: ["z9"] }]],
  ])("begins a trace when of its origin there is %s", async (_, origins) => {
    const { tracing, spans } = setup();
    tracing.process(job(["a1"], origins)).end();
    const [span] = await spans();
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.spanContext().traceId).not.toBe(TRACE);
  });

  test("tells of dead letters in the trace that they come from", async () => {
    const { tracing, spans } = setup();
    const jobSpans = tracing.process(job(["a1", "a2", "a3"], two));
    jobSpans.gaveUp([{ alert_id: "a3", class: "permanent", reason: "rejected" }]);
    jobSpans.end();
    const [first, second] = await spans();
    expect(first?.status.code).toBe(0);
    expect(second && seen(second)).toMatchObject({
      status: { code: 2 },
      attributes: { "error.type": "permanent" },
      events: [
        {
          name: "dead_letter",
          attributes: {
            "mutt.alert_id": "a3",
            "mutt.dead_letter.class": "permanent",
            "mutt.dead_letter.reason": "rejected",
          },
        },
      ],
    });
    expect(jobSpans.contextOf("a3").traceparent).toContain("b".repeat(32));
  });

  test("counts outcomes by origin", async () => {
    const { tracing, spans } = setup();
    const jobSpans = tracing.process(job(["a1", "a2", "a3"], two));
    jobSpans.count("forwarded", ["a1", "a3", "a2", "unhandled:host"]);
    jobSpans.end();
    const counts = (await spans()).map(({ attributes }) => attributes["mutt.forwarded_count"]);
    expect(counts).toEqual([2, 1]);
  });

  test.each([
    [{ status: 503 }, "503"],
    [{ status: 302 }, "302"],
    [{ errorType: "ECONNREFUSED" }, "ECONNREFUSED"],
  ])("marks a request that came to %j as failed", async (result, errorType) => {
    const { tracing, spans } = setup();
    const jobSpans = tracing.process(job(["a1"], [{ traceparent: SAMPLED }]));
    jobSpans.send({ method: "POST", url: WEBHOOK, resends: 0 }).end(result);
    jobSpans.end("attempt_failed");
    const [client, consumer] = await spans();
    expect(client?.attributes["error.type"]).toBe(errorType);
    expect(client?.status).toEqual({ code: 2 });
    expect(consumer?.attributes["error.type"]).toBe("attempt_failed");
  });
});

describe("a collector that is away", () => {
  test("is logged once, and its return too", async () => {
    const results = [1, 1, 0, 0];
    const { tracing, spans, logged } = setup({
      exportSpans: (_, done) => {
        const code = results.shift() ?? 0;
        done(code === 1 ? { code, error: new Error("connect ECONNREFUSED") } : { code });
      },
    });
    // Each full batch of 512 is one export.
    for (let index = 0; index < 4 * 512; index++) {
      tracing.receive({ ...REQUEST, headers: {} }).end({ status: 202 });
      if (index % 512 === 511) await new Promise(setImmediate);
    }
    await spans();
    expect(logged).toEqual([
      "warn exporting traces (spans are dropped): failing",
      "info exporting traces (spans are dropped): working again",
    ]);
  });

  test("holds up the end for a second at most, for a moment at the deadline", async () => {
    const ended: string[] = [];
    const end = async (name: string, giveBack: AbortSignal) => {
      const { tracing, spans } = setup({ exportSpans: () => {}, giveBack });
      tracing.receive({ ...REQUEST, headers: {} }).end({ status: 202 });
      const startedAt = performance.now();
      await spans();
      ended.push(name);
      return performance.now() - startedAt;
    };
    const [patientMs, hurriedMs] = await Promise.all([
      end("patient", new AbortController().signal),
      end("hurried", AbortSignal.abort()),
    ]);
    // The one beside the other: a machine that stands still holds up both.
    expect(ended).toEqual(["hurried", "patient"]);
    expect(hurriedMs).toBeGreaterThan(100);
    expect(patientMs).toBeGreaterThan(950);
    expect(patientMs).toBeLessThan(8_000);
  });
});
