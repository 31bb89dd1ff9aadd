// Overload: what the alerter sheds, in which order, what becomes of it, and that every event is accounted for.
// Redis, alerter and forwarder are real; the forwarder's own rate limit plays the platform that is too slow.

import { setTimeout as sleep } from "node:timers/promises";
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { describe, expect, test } from "vitest";
import {
  deadLetters,
  FORWARD_FAULTS,
  jobsIn,
  putRules,
  rule,
  sendAll,
  setSettings,
  untilDelivered,
} from "./support.ts";

const WARN = 20;
const SHED = 60;

/** A pipeline whose platform takes five alerts a second, one a delivery. */
async function startSlow(testName: string, env: Record<string, string> = {}): Promise<Pipeline> {
  return await startPipeline({
    testName,
    apps: ["ingestor", "alerter", "forwarder", "remediation"],
    env: {
      MOOG_RATE_LIMIT: "5",
      MOOG_BATCH_MAX: "1",
      ALERTER_QUEUE_WARN_THRESHOLD: String(WARN),
      ALERTER_QUEUE_SHED_THRESHOLD: String(SHED),
      REMEDIATION_ENABLED: "false",
      ...env,
    },
    prepare: (parts) =>
      putRules(parts, [
        FORWARD_FAULTS,
        rule({ name: "chatter", match_string: "chatter", prod_handling: "Log_only" }),
        rule({ name: "tickets", match_string: "ticket", prod_handling: "Ticket_only" }),
      ]),
  });
}

type Event = { hostname: string; message: string; severity: string };

const event = (severity: string, index: number, hostname = `h${index % 7}`): Event => ({
  hostname,
  message: `fault ${index} (${severity})`,
  severity,
});

const events = (count: number, severity: string, hostname?: string) =>
  Array.from({ length: count }, (_, index) => event(severity, index, hostname));

const metric = (pipeline: Pipeline, name: string, labels?: Record<string, string>) =>
  pipeline.app("alerter").metric(name, labels);

const isInState = (pipeline: Pipeline, state: string) =>
  waitFor(async () => (await metric(pipeline, "mutt_alerter_state", { state })) === 1, {
    what: `the alerter is in state ${state}`,
    timeoutMs: 40_000,
  });

/** Waits until the alerter has decided about everything, and nothing is on its way into a DLQ. */
async function untilDecided(pipeline: Pipeline): Promise<void> {
  const lists = ["ingest:wait", "ingest:active", "dlq-alerter:wait", "dlq-alerter:active"];
  const redis = pipeline.redis.client();
  await waitFor(
    async () => {
      // In one step: a job that goes from one list to the next is in one of them.
      const looks = redis.multi();
      for (const list of lists) looks.llen(`${pipeline.prefix}:${list}`);
      return (await looks.exec())?.every(([, jobs]) => jobs === 0);
    },
    { what: "the alerter has decided about every event", timeoutMs: 30_000 },
  );
}

/** Waits for a moment in which something is put off: an event that is tried again is not, for that long. */
const somethingWaits = (pipeline: Pipeline) =>
  waitFor(async () => (await jobsIn(pipeline, "ingest", "delayed")) > 0, {
    what: "something is put off",
  });

/** The receiver keeps up again. */
const recover = (pipeline: Pipeline) =>
  setSettings(pipeline, { moog_rate_limit: 0, moog_batch_max: 50 });

/** Ids that the receiver has, without those that MUTT made itself. */
function delivered(pipeline: Pipeline): Set<string> {
  const alerts = pipeline.receiver.alerts({ limit: 100_000 });
  const fresh = alerts.filter(
    ({ alert }) => (alert as { custom_info: { generated?: true } }).custom_info.generated !== true,
  );
  return new Set(fresh.map(({ external_id }) => external_id));
}

test("warns once at the warn threshold, and shows depth and state", async () => {
  await using pipeline = await startSlow("overload-warn");
  const accepted = await sendAll(pipeline, [events(SHED - 15, "error")]);
  await isInState(pipeline, "warn");
  expect(await metric(pipeline, "mutt_alerter_queue_depth")).toBeGreaterThanOrEqual(WARN);
  await sendAll(pipeline, [[event("error", 1000)]]);
  await untilDecided(pipeline);
  const lines = pipeline
    .app("alerter")
    .logs()
    .split("\n")
    .filter((line) => line.includes('"to":"warn"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { level: "warn", from: "normal", depth: expect.any(Number), drain_rate: expect.any(Number) },
  ]);
  expect(await metric(pipeline, "mutt_alerter_shed_events_total")).toBe(0);
  await recover(pipeline);
  await untilDelivered(pipeline.receiver, accepted.ids);
  await isInState(pipeline, "normal");
});

describe("mode dlq", () => {
  test("shed events are dead letters of class capacity with untouched counters, and all are accounted for", async () => {
    await using pipeline = await startSlow("overload-dlq");
    const batches = Array.from({ length: 30 }, (_, index) => events(10, "error", `n${index}`));
    const chatter = [{ hostname: "x", message: "chatter", severity: "error" }];
    const unknown = [{ hostname: "y", message: "nobody knows", severity: "error" }];
    const accepted = await sendAll(pipeline, [...batches, chatter, unknown], { concurrency: 2 });
    await untilDecided(pipeline);

    const entries = await deadLetters(pipeline, "dlq-alerter");
    expect(entries.length).toBeGreaterThan(100);
    for (const { data, failedReason } of entries) {
      expect(data).toMatchObject({
        class: "capacity",
        reason: "shed",
        replays: 0,
        history: [],
        origin_queue: "ingest",
      });
      expect(failedReason).toMatch(/^shed: \d+ deliveries wait/);
    }
    expect(new Set(entries.map(({ data }) => data.fingerprint)).size).toBe(1);
    const shed = entries.length;
    expect(
      await metric(pipeline, "mutt_alerter_shed_events_total", { mode: "dlq", severity: "error" }),
    ).toBe(shed);
    expect(await metric(pipeline, "mutt_alerter_events_total", { outcome: "shed" })).toBe(shed);

    // Nothing that can go is let in beyond twice the threshold, however fast it comes.
    expect(await metric(pipeline, "mutt_alerter_queue_depth")).toBeLessThan(2 * SHED + 20);

    await recover(pipeline);
    const dead = new Set(entries.map(({ data }) => String(data.alert_id)));
    await isInState(pipeline, "normal");
    await waitFor(async () => (await jobsIn(pipeline, "alert", "prioritized")) === 0, {
      what: "the alert queue has drained",
    });
    const got = delivered(pipeline);
    // accepted = delivered + dead letters + logged + unhandled, and nothing is in two places.
    expect(got.size + dead.size + 2).toBe(accepted.ids.size);
    expect([...dead].filter((id) => got.has(id))).toEqual([]);
  });

  test("the least severe go first, and everything critical that pages is delivered", async () => {
    await using pipeline = await startSlow("overload-severities", { MOOG_RATE_LIMIT: "1" });
    const critical: Event[][] = [];
    const bodies: Event[][] = [];
    for (let index = 0; index < 60; index++) {
      const mixed = ["informational", "warning", "error"].map((name) => event(name, index));
      bodies.push(mixed);
      if (index % 4 === 0) critical.push([event("critical", index), event("emergency", index)]);
    }
    const pages = sendAll(pipeline, critical, { concurrency: 1, pauseMs: 20 });
    await sendAll(pipeline, bodies, { concurrency: 1 });
    const { ids: pageIds } = await pages;
    await untilDecided(pipeline);

    const bySeverity = new Map<unknown, number>();
    for (const { data } of await deadLetters(pipeline, "dlq-alerter")) {
      const { severity } = data.payload as { severity: number };
      bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + 1);
    }
    const [informational = 0, warning = 0, error = 0] = [6, 4, 3].map((s) => bySeverity.get(s));
    expect(informational).toBeGreaterThan(20);
    expect(informational).toBeGreaterThanOrEqual(warning);
    expect(warning).toBeGreaterThanOrEqual(error);
    expect([...bySeverity.keys()].filter((severity) => Number(severity) <= 2)).toEqual([]);
    await recover(pipeline);
    await untilDelivered(pipeline.receiver, pageIds);
  });

  test("the host that sends most is shed first", async () => {
    await using pipeline = await startSlow("overload-fairness", { MOOG_RATE_LIMIT: "1" });
    const bodies: Event[][] = [];
    for (let index = 0; index < 100; index++) {
      bodies.push(events(2, "error", "loud.example.net"));
      if (index % 10 === 0) bodies.push([event("error", index, `quiet-${index}.example.net`)]);
    }
    await sendAll(pipeline, bodies, { concurrency: 1 });
    await untilDecided(pipeline);
    const hosts = (await deadLetters(pipeline, "dlq-alerter")).map(
      ({ data }) => (data.payload as { hostname: string }).hostname,
    );
    const loud = hosts.filter((host) => host === "loud.example.net").length;
    expect(loud).toBeGreaterThan(80);
    expect(hosts.length - loud).toBeLessThanOrEqual(2);
  });

  test("the strict policy sheds everything, before any rule is asked", async () => {
    await using pipeline = await startSlow("overload-strict", {
      ALERTER_SHED_POLICY: "strict",
    });
    await sendAll(pipeline, [events(100, "error")]);
    await isInState(pipeline, "shed");
    const late = [
      event("emergency", 1),
      { hostname: "x", message: "chatter", severity: "debug" },
      { hostname: "y", message: "nobody knows", severity: "notice" },
    ];
    const before = (await deadLetters(pipeline, "dlq-alerter")).length;
    const accepted = await sendAll(pipeline, [late]);
    await waitFor(
      async () => (await deadLetters(pipeline, "dlq-alerter")).length === before + late.length,
      { what: "all three are dead letters" },
    );
    const entries = await deadLetters(pipeline, "dlq-alerter");
    const ids = new Set(entries.map(({ data }) => data.alert_id));
    expect([...accepted.ids].every((id) => ids.has(id))).toBe(true);
    expect(await metric(pipeline, "mutt_alerter_events_total", { outcome: "logged" })).toBe(0);
  });
});

describe("mode defer", () => {
  test("shed events come back and are delivered when the platform recovers; none is lost or dead", async () => {
    await using pipeline = await startSlow("overload-defer", {
      ALERTER_SHED_MODE: "defer",
      ALERTER_MAX_DEFERS: "1000",
      ALERTER_DEFER_MAX_MS: "2000",
    });
    const batches = Array.from({ length: 30 }, (_, index) => events(10, "error", `n${index}`));
    const sending = sendAll(pipeline, batches, { concurrency: 2 });
    await waitFor(
      async () =>
        (await metric(pipeline, "mutt_alerter_events_total", { outcome: "deferred" })) > 50,
      { what: "events are deferred" },
    );
    await somethingWaits(pipeline);
    await recover(pipeline);
    const accepted = await sending;
    expect(accepted.ids.size).toBe(300);
    await untilDelivered(pipeline.receiver, accepted.ids);
    expect(await deadLetters(pipeline, "dlq-alerter")).toEqual([]);
    expect(delivered(pipeline).size).toBe(300);
    await isInState(pipeline, "normal");
    // What is put off still counts as queued, and no longer when it has gone.
    await waitFor(
      async () => (await pipeline.app("ingestor").metric("mutt_ingest_queue_depth")) === 0,
      { what: "no event counts as queued" },
    );
  });

  test("after alerter_max_defers an event is a dead letter; what is critical and pages waits on", async () => {
    await using pipeline = await startSlow("overload-max-defers", {
      ALERTER_SHED_MODE: "defer",
      ALERTER_MAX_DEFERS: "2",
      ALERTER_DEFER_SLEEP_MS: "50",
      ALERTER_DEFER_MAX_MS: "500",
      MOOG_RATE_LIMIT: "1",
    });
    // More than twice the threshold of critical alerts: now the protected have to wait as well.
    const pages = await sendAll(pipeline, [events(100, "critical"), events(100, "emergency")]);
    const accepted = await sendAll(pipeline, [[event("error", 1), event("critical", 1)]]);
    await waitFor(async () => (await deadLetters(pipeline, "dlq-alerter")).length === 1, {
      what: "the event is a dead letter",
      timeoutMs: 20_000,
    });
    expect(await deadLetters(pipeline, "dlq-alerter")).toMatchObject([
      { data: { class: "capacity", reason: "max_defers", replays: 0, payload: { severity: 3 } } },
    ]);
    await somethingWaits(pipeline);
    await recover(pipeline);
    const [entry] = await deadLetters(pipeline, "dlq-alerter");
    const expected = new Set([...pages.ids, ...accepted.ids]);
    expected.delete(String(entry?.data.alert_id));
    await untilDelivered(pipeline.receiver, expected);
  });

  test("ingest sends back with 429 and a wait what would only be put off, and takes mixed requests whole", async () => {
    await using pipeline = await startSlow("overload-pushback", {
      ALERTER_SHED_MODE: "defer",
      MOOG_RATE_LIMIT: "2",
    });
    await sendAll(pipeline, [events(70, "error"), events(70, "informational")]);
    let refused: Response | undefined;
    await waitFor(
      async () => {
        const response = await pipeline.ingest([event("debug", 1), event("informational", 2)]);
        if (response.status === 429) refused = response;
        else await response.arrayBuffer();
        return refused !== undefined;
      },
      { what: "a request of shed severities is refused", everyMs: 50 },
    );
    expect(await refused?.json()).toMatchObject({ status: 429, reason: "shedding" });
    const seconds = Number(refused?.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(300);
    expect(
      await pipeline.app("ingestor").metric("mutt_ingest_requests_total", { reason: "shedding" }),
    ).toBeGreaterThan(0);

    const mixed = await pipeline.ingest([event("informational", 3), event("critical", 4)]);
    expect([mixed.status, await mixed.json()]).toMatchObject([202, { accepted: 2, rejected: 0 }]);

    // In dlq mode the door stays open, and the alerter sheds.
    await setSettings(pipeline, { alerter_shed_mode: "dlq" });
    await waitFor(async () => (await pipeline.ingest([event("debug", 5)])).status === 202, {
      what: "ingest takes such a request again",
    });
  });
});

test("switching the mode at run time switches what becomes of shed events within two seconds", async () => {
  await using pipeline = await startSlow("overload-switch", { MOOG_RATE_LIMIT: "1" });
  await sendAll(pipeline, [events(200, "error")]);
  await isInState(pipeline, "shed");
  const deferred = () => metric(pipeline, "mutt_alerter_events_total", { outcome: "deferred" });
  expect(await deferred()).toBe(0);

  await setSettings(pipeline, { alerter_shed_mode: "defer" });
  await sleep(2000);
  const dead = (await deadLetters(pipeline, "dlq-alerter")).length;
  // Mixed with something critical, so that ingest does not send it back.
  await sendAll(pipeline, [[...events(20, "informational"), event("critical", 1)]]);
  await untilDecided(pipeline);
  expect(await deferred()).toBeGreaterThanOrEqual(20);
  expect((await deadLetters(pipeline, "dlq-alerter")).length).toBe(dead);

  await setSettings(pipeline, { alerter_shed_mode: "no such mode" });
  await waitFor(() => pipeline.app("alerter").logs().includes("alerter_shed_mode"), {
    what: "the unknown mode is reported",
  });
  const before = await deferred();
  await sendAll(pipeline, [[...events(20, "informational", "z"), event("critical", 2)]]);
  await waitFor(async () => (await deferred()) >= before + 20, {
    what: "the protection goes on as it was",
  });
});

describe("work of lost workers", () => {
  /** An alerter that is stopped in the middle of a chunk: the rules' store hangs while events are counted. */
  test("a chunk that comes back while shedding is on is put off, not a dead letter, and then delivered", async () => {
    await using pipeline = await startSlow("overload-recovered", { MOOG_RATE_LIMIT: "1" });
    await sendAll(pipeline, [events(200, "error")]);
    await isInState(pipeline, "shed");
    await untilDecided(pipeline);
    const dead = (await deadLetters(pipeline, "dlq-alerter")).length;

    const chunk = await stallOneChunk(pipeline, events(10, "informational", "orphan"));
    await pipeline.spawn("alerter");
    await waitFor(async () => (await jobsIn(pipeline, "ingest", "active")) === 0, {
      what: "the chunk came back",
      timeoutMs: 30_000,
    });
    await untilDecided(pipeline);
    expect((await deadLetters(pipeline, "dlq-alerter")).length).toBe(dead);
    await recover(pipeline);
    await untilDelivered(pipeline.receiver, chunk.ids);
  });

  test("a chunk that has lost two workers becomes dead letters of class worker_lost", async () => {
    await using pipeline = await startSlow("overload-worker-lost", { MOOG_RATE_LIMIT: "0" });
    const chunk = await stallOneChunk(pipeline, events(3, "error"));
    // What two killed workers leave behind in BullMQ's own count.
    const [id] = await pipeline.redis.client().lrange(`${pipeline.prefix}:ingest:active`, 0, 0);
    await pipeline.redis.client().hset(`${pipeline.prefix}:ingest:${id}`, "stc", "1");
    await pipeline.spawn("alerter");
    await waitFor(async () => (await deadLetters(pipeline, "dlq-alerter")).length === 3, {
      what: "its three events are dead letters",
      timeoutMs: 30_000,
    });
    const entries = await deadLetters(pipeline, "dlq-alerter");
    expect(new Set(entries.map(({ data }) => data.alert_id))).toEqual(chunk.ids);
    expect(entries[0]?.data).toMatchObject({ class: "worker_lost", replays: 0 });
    expect(entries[0]?.data.history).toHaveLength(1);
    const fresh = await sendAll(pipeline, [events(5, "error", "later")]);
    await untilDelivered(pipeline.receiver, fresh.ids);
  });
});

test("two alerters agree on one state and shed only once each", async () => {
  await using pipeline = await startSlow("overload-replicas");
  const first = pipeline.app("alerter");
  const second = await pipeline.spawn("alerter");
  const batches = Array.from({ length: 40 }, (_, index) => events(8, "error", `n${index}`));
  const accepted = await sendAll(pipeline, batches, { concurrency: 4 });
  for (const app of [first, second]) {
    await waitFor(async () => (await app.metric("mutt_alerter_state", { state: "shed" })) === 1, {
      what: "both alerters know of the overload",
    });
  }
  const countShed = () =>
    Promise.all(
      [first, second].map((app) => app.metric("mutt_alerter_shed_events_total", { mode: "dlq" })),
    );
  const bothShed = async () => {
    const { ids } = await sendAll(pipeline, [
      events(8, "error", "more"),
      events(8, "error", "more"),
    ]);
    for (const id of ids) accepted.ids.add(id);
    return (await countShed()).every((count) => count > 0);
  };
  await waitFor(bothShed, { what: "both alerters shed", timeoutMs: 30_000 });
  await untilDecided(pipeline);
  const entries = await deadLetters(pipeline, "dlq-alerter");
  const counted = await countShed();
  expect((counted[0] ?? 0) + (counted[1] ?? 0)).toBe(entries.length);
  await recover(pipeline);
  await waitFor(
    async () =>
      delivered(pipeline).size + entries.length === accepted.ids.size &&
      (await jobsIn(pipeline, "alert", "prioritized")) === 0,
    { what: "delivered and dead letters add up to what was accepted" },
  );
  await first.stop();
});

test("a digest of what was shed reaches the default team with the highest priority", async () => {
  await using pipeline = await startSlow("overload-digest", {
    UNHANDLED_DEFAULT_TEAM: "night-shift",
  });
  await sendAll(
    pipeline,
    Array.from({ length: 40 }, () => events(10, "error", "loud.example.net")),
  );
  const digests = () =>
    pipeline.receiver
      .alerts({ limit: 100_000 })
      .map(({ alert }) => alert as Record<string, unknown>)
      .filter(({ type }) => type === "shed_digest");
  // The queue is full of errors at one alert in 200 ms: only its priority brings the digest through at once.
  await waitFor(() => digests().length === 1, { what: "the digest", timeoutMs: 15_000 });
  expect(digests()[0]).toMatchObject({
    class: "night-shift",
    severity: 5,
    description: expect.stringMatching(
      /^overload: \d+ events deferred, \d+ dead-lettered; by severity: \d+ error; top sources: loud\.example\.net \(\d+\)$/,
    ),
    custom_info: { generated: true, team: "night-shift" },
  });
  expect(await jobsIn(pipeline, "alert", "prioritized")).toBeGreaterThan(10);
});

/** Leaves one chunk in the hands of an alerter that is then killed. */
async function stallOneChunk(pipeline: Pipeline, chunk: Event[]): Promise<{ ids: Set<string> }> {
  const alerter = pipeline.app("alerter");
  const redis = pipeline.redis.client();
  const name = `${pipeline.prefix}:ingest`;
  alerter.signal("SIGSTOP");
  const accepted = await sendAll(pipeline, [chunk]);
  await alerter.kill9();
  const id = await redis.rpop(`${name}:wait`);
  // It may be in the frozen worker's hands already: its blocking read had been waiting.
  if (id !== null) {
    await redis.lpush(`${name}:active`, id);
    await redis.set(`${name}:${id}:lock`, "of-a-dead-worker", "PX", 1000);
  }
  expect(await jobsIn(pipeline, "ingest", "active")).toBe(1);
  return accepted;
}
