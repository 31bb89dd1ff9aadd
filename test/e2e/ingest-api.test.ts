import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pipeline, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  idsOf,
  post,
  problemOf,
  rawHead,
  readChunks,
  readQueuedIds,
  sendRaw,
} from "./ingest-client.ts";

const GOOD = { hostname: "sw1.example.net", message: "link down", severity: "critical" };
const NDJSON = { "content-type": "application/x-ndjson" };
const KEY = `X-API-KEY: ${TEST_KEYS.ingest}`;
const JSON_TYPE = "Content-Type: application/json";
const SIX_MIB = 6 * 1024 * 1024;

const ANY_ID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const ANY_DEPTH = expect.any(Number);

let pipeline: Pipeline;

beforeAll(async () => {
  // Without an alerter, what was accepted stays in the queue to be looked at.
  pipeline = await startPipeline({
    testName: "ingest api",
    apps: ["ingestor"],
    env: { LOG_LEVEL: "debug" },
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const url = (path = "/api/v1/ingest") => `${pipeline.app("ingestor").url}${path}`;
const send = (body: unknown, headers?: Record<string, string>) => post(url(), body, headers);
const lines = (...events: unknown[]) => events.map((event) => JSON.stringify(event)).join("\n");

/** The event with an id as it lies in the queue. */
async function queued(id: unknown) {
  const chunks = await readChunks(pipeline);
  return chunks.flatMap(({ events }) => events).find((event) => event.id === id);
}

describe("what the ingest API takes", () => {
  test.each(["/api/v1/ingest", "/ingest"])("is one object, at %s", async (path) => {
    const { status, headers, body } = await post(url(path), GOOD);
    expect(status).toBe(202);
    expect(headers.get("content-type")).toBe("application/json");
    expect(body).toEqual({
      status: "queued",
      id: ANY_ID,
      correlation_id: headers.get("x-correlation-id"),
      queue_depth: ANY_DEPTH,
    });
    expect(await queued(body.id)).toMatchObject({
      hostname: GOOD.hostname,
      message: GOOD.message,
      severity: 2,
      correlation_id: body.correlation_id,
    });
  });

  test.each([
    ["an array", JSON.stringify([GOOD, GOOD]), {}],
    ["NDJSON", lines(GOOD, GOOD), NDJSON],
    ["NDJSON that is called JSON", `${lines(GOOD, GOOD)}\n`, {}],
  ])("is %s, answered event by event", async (_, text, type) => {
    const answer = await send(text, type);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      status: "queued",
      accepted: 2,
      rejected: 0,
      results: [
        { index: 0, status: "queued", id: ANY_ID },
        { index: 1, status: "queued", id: ANY_ID },
      ],
      queue_depth: ANY_DEPTH,
    });
    expect(await readQueuedIds(pipeline)).toEqual(expect.arrayContaining(idsOf(answer)));
  });

  test.each([
    ["an array", [GOOD], {}],
    ["NDJSON", lines(GOOD), NDJSON],
  ])("is %s of one, answered as a list", async (_, body, type) => {
    const answer = await send(body, type);
    expect(answer.body).toMatchObject({ accepted: 1, rejected: 0, results: [{ index: 0 }] });
  });

  test("is whatever is good among the bad, each with its own result", async () => {
    const answer = await send([{ hostname: "sw1" }, GOOD, 7, { ...GOOD, trap_oid: "1.x" }, GOOD]);
    const rejected = (index: number, field: string) => ({
      index,
      status: "rejected",
      error: { status: 400, field, detail: expect.stringMatching(/.{10}/) },
    });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      status: "queued",
      accepted: 2,
      rejected: 3,
      results: [
        rejected(0, "message"),
        { index: 1, status: "queued", id: ANY_ID },
        rejected(2, "event"),
        rejected(3, "trap_oid"),
        { index: 4, status: "queued", id: ANY_ID },
      ],
      queue_depth: ANY_DEPTH,
    });
    expect(await readQueuedIds(pipeline)).toEqual(expect.arrayContaining(idsOf(answer)));
  });

  test("is a trap without host name and message", async () => {
    const trap = { source_ip: "192.0.2.7", trap_oid: ".1.3.6.1.6.3.1.1.5.3", variables: {} };
    const { status, body } = await send(trap);
    expect(status).toBe(202);
    expect(await queued(body.id)).toMatchObject({
      hostname: "192.0.2.7",
      message: "SNMP trap linkDown (1.3.6.1.6.3.1.1.5.3)",
      trap_oid: "1.3.6.1.6.3.1.1.5.3",
    });
  });

  test("grows the depth by what was accepted", async () => {
    const before = (await send(GOOD)).body.queue_depth as number;
    const { body } = await send([GOOD, 7, GOOD, GOOD]);
    expect(body.queue_depth).toBe(before + 3);
    expect(await pipeline.app("ingestor").metric("mutt_ingest_queue_depth")).toBe(before + 3);
  });
});

describe("the correlation id", () => {
  test("is taken, travels with the event, and is returned", async () => {
    const { headers, body } = await send(GOOD, { "x-correlation-id": "call 7 of 9" });
    expect(headers.get("x-correlation-id")).toBe("call 7 of 9");
    expect(body.correlation_id).toBe("call 7 of 9");
    expect(await queued(body.id)).toMatchObject({ correlation_id: "call 7 of 9" });
  });

  test("is made when there is none, a new one each time", async () => {
    const answers = [await send(GOOD), await send([GOOD])];
    const ids = answers.map(({ headers }) => headers.get("x-correlation-id"));
    expect(ids).toEqual([ANY_ID, ANY_ID]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test("is returned with a refusal too", async () => {
    const answer = await send("{", { "x-correlation-id": "call-7" });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-correlation-id")).toBe("call-7");
  });

  test("of 5,000 characters is refused, by its name and with another one", async () => {
    const answer = await send(GOOD, { "x-correlation-id": "x".repeat(5000) });
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ field: "X-Correlation-ID", reason: "bad_request" });
    expect(answer.headers.get("x-correlation-id")).toEqual(ANY_ID);
  });
});

describe("an API key", () => {
  test("is taken as X-API-KEY and as a bearer token", async () => {
    expect((await send(GOOD)).status).toBe(202);
    const bearer = await send(GOOD, { authorization: `Bearer ${TEST_KEYS.ingest}` });
    expect(bearer.status).toBe(202);
  });

  test.each([
    ["wrong", { "x-api-key": "not-the-key-0123456789" }],
    ["empty", { "x-api-key": "" }],
    ["that of the admin API", { "x-api-key": TEST_KEYS.admin }],
    ["longer than any", { "x-api-key": `${TEST_KEYS.ingest}${"x".repeat(2000)}` }],
    ["wrong, as a bearer token", { authorization: "Bearer not-the-key-0123456789" }],
  ])("that is %s is answered 401", async (_, headers) => {
    const answer = await send(GOOD, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(problemOf(answer)).toMatchObject({ reason: "unauthorized" });
  });

  test.each([
    ["missing", []],
    ["not ASCII", ["X-API-KEY: schl\xfcssel-0123456789-\xff\x80"]],
    ["not ASCII, as a bearer token", ["Authorization: Bearer schl\xfcssel-0123456789"]],
  ])("that is %s is answered 401", async (_, headers) => {
    const text = JSON.stringify(GOOD);
    const head = rawHead([JSON_TYPE, `Content-Length: ${text.length}`, ...headers]);
    const [answer] = await sendRaw(url(), head + text);
    expect(answer?.status).toBe(401);
    expect(answer?.headers["content-type"]).toContain("application/problem+json");
  });

  test("is not taken from the URL", async () => {
    const path = `/ingest?x-api-key=${TEST_KEYS.ingest}&key=${TEST_KEYS.ingest}`;
    expect((await post(url(path), GOOD, { "x-api-key": "" })).status).toBe(401);
  });

  test("is asked for before anything is said about the request", async () => {
    const answer = await send("{", { "x-api-key": "wrong", "content-type": "text/plain" });
    expect(answer.status).toBe(401);
  });

  test("changes with its file, without a restart", async () => {
    const dir = await mkdtemp(join(tmpdir(), "mutt-test-keys-"));
    onTestFinished(() => rm(dir, { recursive: true }));
    const file = join(dir, "keys");
    const [old, next] = ["old-key-0123456789abcdef", "new-key-0123456789abcdef"];
    await writeFile(file, `# senders\nprobe:${old}\n`);
    const app = await pipeline.spawn("ingestor", { INGEST_API_KEYS_FILE: file });
    const statusOf = async (key: string) =>
      (await post(`${app.url}/ingest`, GOOD, { "x-api-key": key })).status;
    expect([await statusOf(old), await statusOf(next)]).toEqual([202, 401]);

    await writeFile(file, `probe:${next}\n`);
    await waitFor(async () => (await statusOf(next)) === 202, { what: "the new key is in force" });
    expect(await statusOf(old)).toBe(401);

    await writeFile(file, "half a key fi");
    await waitFor(() => app.logs().includes("the former ones stay in force"), {
      what: "the broken file is noticed",
    });
    expect(await statusOf(next)).toBe(202);
    expect(app.logs()).not.toContain(old);
    expect(app.logs()).not.toContain(next);
  });
});

describe("what the ingest API refuses", () => {
  test.each([
    ["no JSON", "{not json", "body", "not valid JSON"],
    ["an empty body", "", "body", "the body is empty"],
    ["blanks", " \n\n ", "body", "the body is empty"],
    ["an empty array", "[]", "body", "the array is empty"],
    ["a number", "7", "event", "must be a JSON object"],
    ["null", "null", "event", "must be a JSON object"],
    ["an event without host", '{"message":"m"}', "hostname", "hostname is missing"],
    ["an event without message", '{"hostname":"h"}', "message", "message is missing"],
    ["a host name of 256", { ...GOOD, hostname: "h".repeat(256) }, "hostname", "256 characters"],
    ["an array of bad events", [{ hostname: 7 }, 7], "hostname", "hostname is a number"],
  ])("is %s: 400 with the field and the reason", async (_, body, field, detail) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({
      reason: "bad_request",
      field,
      detail: expect.stringContaining(detail),
    });
  });

  test("is a list without one good event: 400 with all results", async () => {
    const answer = await send(`${lines({ hostname: "h" })}\nnonsense`, NDJSON);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).results).toMatchObject([
      { index: 0, status: "rejected", error: { field: "message" } },
      { index: 1, status: "rejected", error: { field: "body" } },
    ]);
  });

  test.each([
    ["an array", (events: unknown[]) => JSON.stringify(events), {}],
    ["NDJSON", (events: unknown[]) => lines(...events), NDJSON],
  ])("is %s of 10,001 events: 413, and none of it is queued", async (_, write, type) => {
    const before = await readQueuedIds(pipeline);
    const events = Array.from({ length: 10_001 }, () => ({ hostname: "h", message: "m" }));
    const answer = await send(write(events), type);
    expect(answer.status).toBe(413);
    expect(problemOf(answer)).toMatchObject({ reason: "too_large" });
    expect(await readQueuedIds(pipeline)).toEqual(before);
  });

  test("is a body of 6 MiB: 413", async () => {
    const answer = await send(Buffer.alloc(SIX_MIB, " "));
    expect(answer.status).toBe(413);
    expect(problemOf(answer)).toMatchObject({ reason: "too_large" });
  });

  test.each([
    ["is too large", [KEY, JSON_TYPE], 413],
    ["has a wrong key", ["X-API-KEY: wrong-key-0123456789", JSON_TYPE], 401],
    ["has a wrong type", [KEY, "Content-Type: text/csv"], 415],
    ["has a wrong correlation id", [KEY, JSON_TYPE, "X-Correlation-ID: \xfc"], 400],
  ])("gets its answer, not a reset, when a body of 6 MiB %s", async (_, headers, status) => {
    const head = rawHead([...headers, `Content-Length: ${SIX_MIB}`, "Connection: close"]);
    const [answer] = await sendRaw(
      url(),
      Buffer.concat([Buffer.from(head, "latin1"), Buffer.alloc(SIX_MIB, " ")]),
    );
    expect(answer?.status).toBe(status);
  });

  test.each([
    ["text", { "content-type": "text/plain" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["another charset", { "content-type": "application/json; charset=utf-16" }],
    ["a compressed body", { "content-encoding": "gzip" }],
  ])("is %s: 415", async (_, headers) => {
    const answer = await send(JSON.stringify(GOOD), headers);
    expect(answer.status).toBe(415);
    expect(problemOf(answer)).toMatchObject({ reason: "unsupported_media_type" });
  });

  test("is a body without a type: 415", async () => {
    const text = JSON.stringify(GOOD);
    const [answer] = await sendRaw(url(), rawHead([KEY, `Content-Length: ${text.length}`]) + text);
    expect(answer?.status).toBe(415);
  });

  test.each([
    ["GET", "/api/v1/ingest", 405],
    ["DELETE", "/ingest", 405],
    ["POST", "/api/v2/ingest", 404],
  ])("is %s %s: %i as a problem document", async (method, path, status) => {
    const response = await fetch(url(path), { method });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toMatchObject({ status });
    if (status === 405) expect(response.headers.get("allow")).toBe("POST");
  });
});

describe("what operators see", () => {
  test("is every metric at 0 from the start, and each request and event after it", async () => {
    await using fresh = await startPipeline({
      testName: "ingest metrics",
      apps: ["ingestor"],
      redis: pipeline.redis,
    });
    const app = fresh.app("ingestor");
    const counts = async () => {
      const samples = await app.metrics();
      const own = samples.filter(({ name }) =>
        /^mutt_(ingest|rate)_?.*(total|count|depth)$/.test(name),
      );
      return Object.fromEntries(
        own.map(({ name, labels, value }) => [
          [name.replace("mutt_", ""), ...Object.values(labels)].join(" "),
          value,
        ]),
      );
    };
    const atStart = {
      "ingest_requests_total success ok": 0,
      "ingest_requests_total fail bad_request": 0,
      "ingest_requests_total fail unauthorized": 0,
      "ingest_requests_total fail conflict": 0,
      "ingest_requests_total fail too_large": 0,
      "ingest_requests_total fail unsupported_media_type": 0,
      "ingest_requests_total fail idempotency_mismatch": 0,
      "ingest_requests_total fail rate_limited": 0,
      "ingest_requests_total fail shedding": 0,
      "ingest_requests_total fail queue_full": 0,
      "ingest_requests_total fail redis_unavailable": 0,
      "ingest_requests_total fail redis_memory": 0,
      "ingest_requests_total fail internal": 0,
      "ingest_events_total accepted": 0,
      "ingest_events_total rejected": 0,
      "ingest_events_total refused": 0,
      ingest_request_duration_seconds_count: 0,
      rate_limiter_errors_total: 0,
      ingest_queue_depth: 0,
    };
    expect(await counts()).toEqual(atStart);

    const to = `${app.url}/ingest`;
    await post(to, GOOD);
    await post(to, [GOOD, 7, GOOD]);
    await post(to, "{");
    await post(to, GOOD, { "x-api-key": "wrong-key-0123456789" });
    await post(to, GOOD, { "content-type": "text/plain" });
    await post(to, Buffer.alloc(SIX_MIB, " "));
    expect(await counts()).toEqual({
      ...atStart,
      "ingest_requests_total success ok": 2,
      "ingest_requests_total fail bad_request": 1,
      "ingest_requests_total fail unauthorized": 1,
      "ingest_requests_total fail unsupported_media_type": 1,
      "ingest_requests_total fail too_large": 1,
      "ingest_events_total accepted": 3,
      "ingest_events_total rejected": 1,
      ingest_request_duration_seconds_count: 6,
      ingest_queue_depth: 3,
    });
  });

  test("is a log without any key, right or wrong, given in whichever way", async () => {
    const app = pipeline.app("ingestor");
    const wrong = "guessed-key-0123456789abcdef";
    await post(`${app.url}/ingest`, GOOD, { "x-api-key": wrong });
    await post(`${app.url}/ingest`, GOOD, { authorization: `Bearer ${wrong}` });
    await post(`${app.url}/ingest?key=${TEST_KEYS.ingest}`, "{");
    await post(`${app.url}/ingest`, { ...GOOD, password: TEST_KEYS.ingest, trap_oid: wrong });
    const { hostname, port } = new URL(app.url);
    await sendRaw(`http://${hostname}:${port}`, `NONSENSE / ${wrong}\r\n\r\n`);
    const logs = app.logs();
    expect(logs).toContain('"message":"started"');
    for (const secret of [wrong, ...Object.values(TEST_KEYS), "test-redis-password"]) {
      expect(logs).not.toContain(secret);
    }
  });
});
