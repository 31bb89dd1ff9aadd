// Where is it? The ledger accounts for every accepted event, and each event has a story that says what became of it.
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "./admin-client.ts";
import {
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  rule,
  sendAll,
  untilDelivered,
} from "./support.ts";

const LOG_ONLY = rule({ name: "chatter", match_string: "chatter", prod_handling: "Log_only" });

/** Events of each kind; none of the numbers is a sum of others, so that no two mistakes cancel out. */
const COUNTS = { forwarded: 137, logged: 59, unhandled: 23 };

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "ledger",
    env: {
      MOOG_MAX_RETRIES: "0",
      MOOG_RATE_LIMIT: "0",
      UNHANDLED_THRESHOLD: "20",
      REMEDIATION_ENABLED: "false",
      REMEDIATION_PAUSE_MS: "1",
      // A run of failures opens it: deliveries wait, and their story says what for.
      CIRCUIT_BREAKER_THRESHOLD: "1000",
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS, LOG_ONLY]),
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const read = async () => (await call(pipeline, "GET", "/api/v1/ledger", { role: "viewer" })).body;
const story = async (id: string) => await call(pipeline, "GET", `/api/v1/alerts/${id}`);

/** Waits until nothing moves any more and every event is where it is to stay. */
async function atRest(expected: Record<string, unknown>): Promise<void> {
  await waitFor(
    async () => {
      const ledger = await read();
      return Object.entries(expected).every(
        ([name, value]) => JSON.stringify(ledger[name]) === JSON.stringify(value),
      );
    },
    { what: `the ledger says ${JSON.stringify(expected)}`, timeoutMs: 30_000 },
  ).catch(async (error: unknown) => {
    throw new Error(`it says ${JSON.stringify(await read())}`, { cause: error });
  });
}

const IDLE = { in_flight: { ingest: 0, alert: 0 }, in_hand: 0, unaccounted: 0 };
const NO_DEAD = { "dlq-alerter": 0, "dlq-forwarder": 0, "dlq-dead": 0 };

/** `count` events of one host: logged or unhandled by what they say. */
function lines(count: number, text: string): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    hostname: "talker.example.net",
    message: `${text} ${index}`,
    severity: "warning",
  }));
}

test("accounts for every event by the end it came to", async () => {
  const bodies = [
    faults(COUNTS.forwarded),
    lines(COUNTS.logged, "chatter"),
    lines(COUNTS.unhandled, "nobody knows"),
    ...faults(5, "single"),
  ];
  const { ids } = await sendAll(pipeline, bodies);
  expect(ids.size).toBe(137 + 59 + 23 + 5);
  await atRest({
    ...IDLE,
    accepted: 224,
    generated: 1,
    // The meta-alert is delivered too.
    delivered: 137 + 5 + 1,
    logged: 59,
    unhandled: 23,
    dead: NO_DEAD,
  });
  expect(await pipeline.app("admin").metric("mutt_ledger_unaccounted")).toBe(0);
});

test("tells which rule met an event, and that it was delivered, logged or known to no rule", async () => {
  const { ids } = await sendAll(pipeline, faults(1, "told"));
  await untilDelivered(pipeline.receiver, ids);
  const [id = ""] = ids;
  await waitFor(async () => (await story(id)).body.state === "delivered", { what: "it is noted" });
  const { body } = await story(id);
  expect(body).toMatchObject({
    id,
    place: null,
    rule: { name: "faults", why: 'the message contains "fault"', handling: "Page_and_ticket" },
  });
  expect(body.steps).toEqual([
    { at: body.received_at, what: "received and queued" },
    { at: expect.any(String), what: "delivered" },
  ]);

  const [logged = ""] = (await sendAll(pipeline, lines(1, "chatter"))).ids;
  await waitFor(async () => (await story(logged)).body.state === "logged", { what: "it is noted" });
  expect((await story(logged)).body).toMatchObject({ rule: { name: "chatter" }, place: null });

  const [unhandled = ""] = (await sendAll(pipeline, lines(1, "never seen"))).ids;
  const isUnhandled = async () => (await story(unhandled)).body.state === "unhandled";
  await waitFor(isUnhandled, { what: "it is noted" });
  expect((await story(unhandled)).body).toMatchObject({ rule: null, place: null });
});

test("tells of an event that waits in which queue it is, what was tried and what it waits for", async () => {
  pipeline.receiver.setMode({ mode: "error", status: 401 });
  const { ids } = await sendAll(pipeline, faults(1, "waiting"));
  const [id = ""] = ids;
  await waitFor(
    async () =>
      String((await story(id)).body.place && JSON.stringify((await story(id)).body.place)).includes(
        "breaker",
      ),
    { what: "the story names the breaker", timeoutMs: 20_000 },
  );
  expect((await story(id)).body).toMatchObject({
    state: "queued",
    place: { queue: "alert", waits_for: expect.stringContaining("401") },
  });
  // Waiting is no loss.
  expect(await read()).toMatchObject({ in_flight: { ingest: 0, alert: 1 }, unaccounted: 0 });
  pipeline.receiver.setMode({ mode: "ok" });
  await call(pipeline, "POST", "/api/v1/breaker/reset", {
    body: { reason: "the key is right now" },
  });
  await untilDelivered(pipeline.receiver, ids);
  await atRest(IDLE);
});

test("counts dead letters where they stand, and again after a replay, a removal and a restart", async () => {
  const before = await read();
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  const { ids } = await sendAll(pipeline, [faults(7, "dying")]);
  await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) === 7, {
    what: "all are parked",
    timeoutMs: 30_000,
  });
  await atRest({ ...IDLE, delivered: before.delivered, dead: { ...NO_DEAD, "dlq-forwarder": 7 } });
  const [first = "", second = ""] = ids;
  const isTold = async () => ((await story(first)).body.steps as unknown[]).length === 3;
  await waitFor(isTold, { what: "its end is noted" });
  expect((await story(first)).body).toMatchObject({
    state: "dead",
    place: { queue: "dlq-forwarder", state: "failed" },
    steps: [
      { what: "received and queued" },
      { what: expect.stringMatching(/^attempt 1 failed: .*500/) },
      { what: expect.stringContaining("class transient_downstream") },
    ],
  });

  pipeline.receiver.setMode({ mode: "ok" });
  const jobOf = async (id: string) =>
    ((await story(id)).body.place as { job_id: string } | null)?.job_id ?? "";
  const board = (path: string) =>
    call(pipeline, "PUT", `/queues/api/queues/dlq-forwarder/${path}`, { role: "admin" });
  const [firstJob, secondJob] = [await jobOf(first), await jobOf(second)];
  await board(`${encodeURIComponent(firstJob)}/retry`);
  await untilDelivered(pipeline.receiver, new Set([first]));
  await board(`${encodeURIComponent(secondJob)}/clean`);
  await atRest({
    ...IDLE,
    discarded: 1,
    delivered: Number(before.delivered) + 1,
    dead: { ...NO_DEAD, "dlq-forwarder": 5 },
  });
  const isDelivered = async () => (await story(first)).body.state === "delivered";
  await waitFor(isDelivered, { what: "its delivery is noted" });
  expect((await story(second)).body.state).toBe("left");

  await pipeline.app("alerter").stop();
  await pipeline.spawn("alerter");
  // The board cleans what has been there for five seconds.
  const isEmpty = async () => {
    await board("clean/failed");
    return (await jobsIn(pipeline, "dlq-forwarder", "failed")) === 0;
  };
  await waitFor(isEmpty, { what: "the board has cleaned the queue", everyMs: 1000 });
  await atRest({ ...IDLE, discarded: 6, dead: NO_DEAD });
  await sendAll(pipeline, faults(3, "after"));
  await atRest({ ...IDLE, delivered: Number(before.delivered) + 4 });
});

test("sees an event that is gone without an end, and one that is there without having come in", async () => {
  await pipeline.app("alerter").stop();
  await sendAll(pipeline, [faults(4, "vanishing")]);
  await atRest({ in_flight: { ingest: 4, alert: 0 }, unaccounted: 0 });
  const redis = pipeline.redis.client();
  const wait = `${pipeline.prefix}:ingest:wait`;
  const stolen = (await redis.lpop(wait)) ?? "";
  expect(await read()).toMatchObject({ in_flight: { ingest: 0, alert: 0 }, unaccounted: 4 });
  await redis.rpush(wait, stolen, stolen);
  expect(await read()).toMatchObject({ unaccounted: -4 });
  await redis.lpop(wait);
  await pipeline.spawn("alerter");
  await atRest(IDLE);
});

test("answers 404 for an id that nobody has", async () => {
  const answer = await story("00000000-0000-4000-8000-000000000000");
  expect(answer.status).toBe(404);
  expect(answer.body.detail).toMatch(/no event of this id waits/);
});

test("tells of an event that the alerter has not seen yet that it waits for it", async () => {
  await pipeline.app("alerter").stop();
  const [id = ""] = (await sendAll(pipeline, faults(1, "early"))).ids;
  expect((await story(id)).body).toMatchObject({
    state: "received",
    rule: null,
    place: { queue: "ingest", state: "waiting" },
  });
  await pipeline.spawn("alerter");
});
