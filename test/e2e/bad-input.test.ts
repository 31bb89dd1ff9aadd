// Whatever senders send: a clear answer, no crash, no loss, and no effect on their neighbours.
import { connect } from "node:net";
import type { IngestedEvent } from "@mutt/event";
import { readIngestDepth } from "@mutt/queues";
import { type Pipeline, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Answer, idsOf, post, problemOf, rawHead, sendRaw } from "./ingest-client.ts";
import { deadLetters, putRules, rule, unknownTo, untilDelivered } from "./support.ts";

const APPS = ["ingestor", "alerter", "forwarder"] as const;
const NDJSON = { "content-type": "application/x-ndjson" };
const KEY = `X-API-KEY: ${TEST_KEYS.ingest}`;
const JSON_TYPE = "Content-Type: application/json";

let pipeline: Pipeline;
/** Everything that was answered with an id, over the whole file. */
const accepted = new Set<string>();

beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "bad input",
    apps: APPS,
    env: { MOOG_RATE_LIMIT: "0" },
    prepare: (parts) =>
      putRules(parts, [rule({ name: "everything", match_type: "regex", match_string: "." })]),
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

afterEach(async () => {
  for (const name of APPS) {
    const app = pipeline.app(name);
    expect(await Promise.race([app.exited, "running"])).toBe("running");
    expect(app.logs()).not.toMatch(/"level":"error"/);
  }
  await expectNothingLost();
});

async function send(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await post(`${pipeline.app("ingestor").url}/ingest`, body, headers);
  for (const id of idsOf(answer)) accepted.add(id);
  return answer;
}

let made = 0;

/** An event that nothing is wrong with, and that is told from every other. */
function goodEvent(): { hostname: string; message: string; rack: string } {
  made += 1;
  return { hostname: `sw${made}.example.net`, message: `link ${made} is down`, rack: `R${made}` };
}

/** An alert as the receiver got it. */
interface Delivered {
  description: string;
  source: string;
  agent_time: number;
  custom_info: { event: IngestedEvent };
}

async function deliveryOf(id: string | undefined): Promise<Delivered> {
  if (id === undefined) throw new Error("the event was not accepted");
  await untilDelivered(pipeline.receiver, new Set([id]));
  return pipeline.receiver.alerts({ ids: [id] })[0]?.alert as unknown as Delivered;
}

async function expectIntact(good: ReturnType<typeof goodEvent>, id: string | undefined) {
  const { description, source, custom_info } = await deliveryOf(id);
  expect({ description, source }).toEqual({ description: good.message, source: good.hostname });
  expect(custom_info.event.attributes).toEqual({ rack: good.rack });
}

/** Sends a good event by itself, and waits until it has come through unharmed. */
async function expectGoodComesThrough(): Promise<void> {
  const good = goodEvent();
  const answer = await send(good);
  expect(answer.status).toBe(202);
  await expectIntact(good, idsOf(answer)[0]);
}

/** Sends an event, given as JSON text, between two good ones; gives what became of it. */
async function sendAmongGood(text: string, separator: "," | "\n") {
  const [before, after] = [goodEvent(), goodEvent()];
  const members = [JSON.stringify(before), text, JSON.stringify(after)].join(separator);
  const answer = separator === "," ? await send(`[${members}]`) : await send(members, NDJSON);
  expect(answer.status).toBe(202);
  const results = answer.body.results as { id?: string; status: string; error?: unknown }[];
  expect(results).toHaveLength(3);
  await expectIntact(before, results[0]?.id);
  await expectIntact(after, results[2]?.id);
  return results[1];
}

async function expectNothingLost(): Promise<void> {
  await untilDelivered(pipeline.receiver, accepted);
  expect(unknownTo(accepted, pipeline.receiver)).toEqual([]);
  for (const queue of ["dlq-alerter", "dlq-forwarder", "dlq-dead"] as const) {
    expect(await deadLetters(pipeline, queue)).toEqual([]);
  }
}

const event = (fields: Record<string, unknown>) =>
  JSON.stringify({ hostname: "odd.example.net", message: "odd one", ...fields });

/** Lists nested so deep that a careless reader overflows its stack. */
const DEEP = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

describe("an event that cannot be used", () => {
  test.each([
    ["a host name that is a list", event({ hostname: ["a", "b"] }), "hostname", "is a list"],
    ["a host name that is null", event({ hostname: null }), "hostname", "is null"],
    ["a host name of 256 characters", event({ hostname: "h".repeat(256) }), "hostname", "256"],
    ["a message that is null", event({ message: null }), "message", "is null"],
    ["a message that is an object", event({ message: { text: "m" } }), "message", "an object"],
    ["nothing but null", "null", "event", "this is null"],
    ["nothing but text", '"link down"', "event", "this is text"],
    ["a trap OID that is none", event({ trap_oid: "1.3.6.1..4" }), "trap_oid", "dotted OID"],
    ["more than 64 KiB", event({ dump: "x".repeat(70_000) }), "event", "may have 65536"],
    ["more than 64 KiB of escapes", event({ dump: "\u0001".repeat(12_000) }), "event", "65536"],
  ])("is answered with field and reason: %s", async (_, text, field, detail) => {
    const error = { status: 400, field, detail: expect.stringContaining(detail) };
    for (const separator of [",", "\n"] as const) {
      expect(await sendAmongGood(text, separator)).toMatchObject({ status: "rejected", error });
    }
    const alone = await send(text);
    expect(alone.status).toBe(400);
    expect(problemOf(alone)).toMatchObject(error);
    await expectGoodComesThrough();
  });
});

describe("an event that is odd but usable", () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      "a message of 9,000 characters is cut and marked",
      event({ message: "m".repeat(9000) }),
      { message: "m".repeat(8192), truncated: true },
    ],
    [
      "a cut does not halve a character",
      event({ message: `${"m".repeat(8191)}😀${"m".repeat(100)}` }),
      { message: "m".repeat(8191), truncated: true },
    ],
    [
      "nulls stand for fields that are not there",
      event({ severity: null, timestamp: null, trap_oid: null, source_ip: null, rack: null }),
      { severity: 4, attributes: { source_ip: null, rack: null } },
    ],
    [
      "an unknown severity is a warning, kept as sent",
      event({ severity: "spicy" }),
      { severity: 4, severity_given: "spicy" },
    ],
    [
      "a severity beyond the scale is a warning, kept as sent",
      event({ syslog_severity: 99 }),
      { severity: 4, severity_given: "99" },
    ],
    [
      "a severity that is a list is a warning",
      event({ severity: [0] }),
      { severity: 4, severity_given: "[0]" },
    ],
    [
      "the year 1970 is taken",
      event({ timestamp: "1970-01-01T00:00:00Z" }),
      { timestamp: "1970-01-01T00:00:00.000Z" },
    ],
    [
      "the year 9999 is taken",
      event({ timestamp: "9999-12-31T23:59:59.999Z" }),
      { timestamp: "9999-12-31T23:59:59.999Z" },
    ],
    [
      "NUL and lone surrogates are replaced wherever they stand",
      '{"hostname":"a\\u0000b","message":"c\\ud800d\\u0000","sev\\udc00":"e\\u0000","deep":{"f\\u0000":["\\ud800"]}}',
      {
        hostname: "a\uFFFDb",
        message: "c\uFFFDd\uFFFD",
        attributes: { "sev\uFFFD": "e\uFFFD", deep: { "f\uFFFD": ["\uFFFD"] } },
      },
    ],
    [
      "__proto__ changes nothing",
      '{"hostname":"h","message":"m","__proto__":{"severity":0},"a":{"__proto__":{"b":1},"c":2}}',
      { severity: 4, attributes: { a: { c: 2 } } },
    ],
    [
      "names of every object's own are names like any other",
      '{"hostname":"__proto__","message":"constructor","constructor":{"prototype":1},"toString":"x"}',
      {
        hostname: "__proto__",
        message: "constructor",
        attributes: { constructor: { prototype: 1 }, toString: "x" },
      },
    ],
    [
      "private fields are dropped",
      event({ _retry_count: 99, _job: { id: 1 }, attributes: { _retry_count: 7, rack: "R1" } }),
      { attributes: { rack: "R1" } },
    ],
    [
      "fields that name the pipeline's own do not take their place",
      event({ id: "mine", correlation_id: "mine", received_at: "mine", truncated: true }),
      {
        attributes: { id: "mine", correlation_id: "mine", received_at: "mine", truncated: true },
      },
    ],
    [
      "nesting without end is cut off",
      `{"hostname":"h","message":"m","deep":${DEEP}}`,
      { hostname: "h", message: "m" },
    ],
    [
      "a number beyond all bounds is no number",
      '{"hostname":"h","message":"m","n":1e999}',
      { attributes: { n: null } },
    ],
  ])("comes through: %s", async (_, text, expected) => {
    for (const separator of [",", "\n"] as const) {
      const result = await sendAmongGood(text, separator);
      const { event: delivered } = (await deliveryOf(result?.id)).custom_info;
      expect(delivered).toMatchObject(expected);
      expect(delivered.id).toBe(result?.id);
      if (expected.attributes) expect(delivered.attributes).toEqual(expected.attributes);
    }
    expect((await send(text)).status).toBe(202);
    await expectGoodComesThrough();
  });

  test.each([
    ["the first second there is", "1970-01-01T00:00:00Z", 0],
    ["the last one", "9999-12-31T23:59:59Z", 253_402_300_799],
  ])("is delivered with its own time: %s", async (_, timestamp, seconds) => {
    const [id] = idsOf(await send(event({ timestamp })));
    expect((await deliveryOf(id)).agent_time).toBe(seconds);
  });

  test.each([
    ["text", "yesterday, about noon", "yesterday, about noon"],
    ["a date that does not exist", "2026-02-30T00:00:00Z", "2026-02-30T00:00:00Z"],
    ["an object", { year: 2026 }, '{"year":2026}'],
    ["beyond the calendar", "+12345-01-01T00:00:00Z", "+12345-01-01T00:00:00Z"],
  ])("gets the time of its receipt when its own is %s", async (_, timestamp, given) => {
    const result = await sendAmongGood(event({ timestamp }), ",");
    const { event: delivered } = (await deliveryOf(result?.id)).custom_info;
    expect(delivered.timestamp_given).toBe(given);
    expect(delivered.timestamp).toBe(delivered.received_at);
  });

  test("comes through with bytes that are not UTF-8 replaced", async () => {
    const bytes = Buffer.from('{"hostname":"h","message":"a\xff\xfeb"}', "latin1");
    const [id] = idsOf(await send(bytes));
    expect((await deliveryOf(id)).description).toBe("a\uFFFD\uFFFDb");
  });
});

describe("a body that cannot be used", () => {
  const many = (count: number) =>
    JSON.stringify(Array.from({ length: count }, () => ({ hostname: "h", message: "m" })));

  test.each<[string, unknown, number, string]>([
    ["invalid JSON", '{"hostname":"h","message":', 400, "not valid JSON"],
    ["a lone brace", "}", 400, "not valid JSON"],
    ["nesting without end", DEEP, 400, "must be a JSON object"],
    ["nothing", "", 400, "the body is empty"],
    ["blanks", "\r\n \t", 400, "the body is empty"],
    ["10,001 events", many(10_001), 413, "more than 10000 events"],
    ["6 MiB", Buffer.alloc(6 * 1024 * 1024, "x"), 413, "larger than 5 MiB"],
  ])("is refused and forgotten: %s", async (_, body, status, detail) => {
    const answer = await send(body);
    expect(answer.status).toBe(status);
    expect(problemOf(answer).detail).toContain(detail);
    await expectGoodComesThrough();
  });

  test.each([
    ["NDJSON", NDJSON],
    ["JSON", {}],
  ])("costs only its bad lines when it is half-valid NDJSON, sent as %s", async (_, type) => {
    const [first, last] = [goodEvent(), goodEvent()];
    const lines = [first, last].map((good) => JSON.stringify(good));
    const answer = await send(
      [lines[0], '{"hostname":"h","mess', "", "nonsense", lines[1]].join("\n"),
      type,
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      accepted: 2,
      rejected: 2,
      results: [
        { status: "queued" },
        { status: "rejected", error: { detail: expect.stringContaining("line 2") } },
        { status: "rejected", error: { detail: expect.stringContaining("line 4") } },
        { status: "queued" },
      ],
    });
    const [firstId, lastId] = idsOf(answer);
    await expectIntact(first, firstId);
    await expectIntact(last, lastId);
  });

  test("disturbs nobody when its sender hangs up in the middle", async () => {
    const { hostname, port } = new URL(pipeline.app("ingestor").url);
    const socket = connect({ host: hostname, port: Number(port) });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    const half = `${rawHead([KEY, JSON_TYPE, "Content-Length: 1000"])}{"hostname":"h"`;
    socket.write(half, () => socket.resetAndDestroy());
    await closed;
    await expectGoodComesThrough();
  });
});

describe("a request that cannot be used", () => {
  const text = event({});

  test.each<[string, Record<string, string>, number, string]>([
    ["a correlation id of 5,000", { "x-correlation-id": "c".repeat(5000) }, 400, "bad_request"],
    ["a wrong content type", { "content-type": "text/xml" }, 415, "unsupported_media_type"],
    ["a compressed body", { "content-encoding": "gzip" }, 415, "unsupported_media_type"],
    ["a wrong key", { "x-api-key": "wrong-key-0123456789abcdef" }, 401, "unauthorized"],
    ["an empty key", { "x-api-key": "" }, 401, "unauthorized"],
  ])("is refused, and its event does not come in: %s", async (_, headers, status, reason) => {
    const answer = await send(text, headers);
    expect(answer.status).toBe(status);
    expect(problemOf(answer)).toMatchObject({ reason });
    await expectGoodComesThrough();
  });

  test.each([
    ["no key", [JSON_TYPE], 401],
    ["a key that is not ASCII", [JSON_TYPE, "X-API-KEY: \xfc\xe4\xf6\xff-0123456789abcdef"], 401],
    ["a key in UTF-8", [JSON_TYPE, "X-API-KEY: \xc3\xbc\xe2\x82\xac-0123456789abcdef"], 401],
    ["a bearer token that is not ASCII", [JSON_TYPE, "Authorization: Bearer \xff\xfe"], 401],
    ["no content type", [KEY], 415],
    ["a correlation id that is not ASCII", [KEY, JSON_TYPE, "X-Correlation-ID: \xff"], 400],
  ])("is refused as a problem document: %s", async (_, headers, status) => {
    const head = rawHead([...headers, `Content-Length: ${text.length}`]);
    const [answer] = await sendRaw(pipeline.app("ingestor").url, head + text);
    expect(answer?.status).toBe(status);
    expect(answer?.headers["content-type"]).toContain("application/problem+json");
    expect(JSON.parse(answer?.body ?? "")).toMatchObject({ status });
    await expectGoodComesThrough();
  });

  test("is answered 400 when it is no HTTP at all", async () => {
    const [answer] = await sendRaw(pipeline.app("ingestor").url, "\x00\x01\x02 nonsense\r\n\r\n");
    expect(answer?.status).toBe(400);
    await expectGoodComesThrough();
  });
});

test("after all that every event has been accounted for", async () => {
  const app = pipeline.app("ingestor");
  expect(await app.metric("mutt_ingest_events_total", { outcome: "accepted" })).toBe(accepted.size);
  expect(await app.metric("mutt_ingest_requests_total", { reason: "internal" })).toBe(0);
  await waitFor(
    async () => (await readIngestDepth(pipeline.redis.client(), pipeline.prefix)) === 0,
    { what: "the ingest queue is empty by its own count" },
  );
  expect(await pipeline.app("alerter").metric("mutt_alerter_events_total")).toBe(accepted.size);
});
