// Dead letters: what is replayed by itself, under which caps and gates, and what an operator's Retry does.

import { setTimeout as sleep } from "node:timers/promises";
import { deadLetterJobId } from "@mutt/queues";
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { describe, expect, test } from "vitest";
import { type DeadLetterDraft, openTestQueue, preload } from "./dead-letters.ts";
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

const APPS = ["ingestor", "alerter", "forwarder", "remediation"] as const;

async function start(testName: string, env: Record<string, string> = {}): Promise<Pipeline> {
  return await startPipeline({
    testName,
    apps: APPS,
    env: {
      MOOG_RATE_LIMIT: "0",
      REMEDIATION_INTERVAL: "1",
      MOOG_MAX_RETRIES: "0",
      MOOG_RETRY_BASE_MS: "10",
      MOOG_HEALTH_URL: "",
      ...env,
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
}

const remediation = (pipeline: Pipeline, name: string, labels?: Record<string, string>) =>
  pipeline.app("remediation").metric(name, labels);

const deliveredIds = (pipeline: Pipeline) =>
  new Set(pipeline.receiver.alerts({ limit: 200_000 }).map(({ external_id }) => external_id));

/** How often the receiver took each alert. */
const timesDelivered = (pipeline: Pipeline, id: string) =>
  pipeline.receiver.alerts({ limit: 200_000 }).find(({ external_id }) => external_id === id)
    ?.delivered ?? 0;

const idsOf = async (pipeline: Pipeline, queue: Parameters<typeof deadLetters>[1]) =>
  (await deadLetters(pipeline, queue)).map(({ data }) => String(data.alert_id)).sort();

const drafts = (count: number, fields: Partial<DeadLetterDraft> = {}): DeadLetterDraft[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${fields.id ?? "d"}-${index}`,
    ...without(fields),
  }));

function without({ id: _id, ...rest }: Partial<DeadLetterDraft>): Partial<DeadLetterDraft> {
  return rest;
}

describe("one loop", () => {
  test("replays what is below the cap and moves what is at or over it to dlq-dead, with its history", async () => {
    await using pipeline = await start("replay-cap");
    await preload(pipeline, "dlq-alerter", [
      { id: "zero", replays: 0 },
      { id: "one", replays: 1 },
      { id: "two", replays: 2 },
      { id: "three", replays: 3 },
      { id: "four", replays: 4 },
    ]);
    await untilDelivered(pipeline.receiver, new Set(["zero", "one", "two"]));
    await waitFor(async () => (await idsOf(pipeline, "dlq-dead")).length === 2, {
      what: "two entries are terminal",
    });
    expect(await idsOf(pipeline, "dlq-dead")).toEqual(["four", "three"]);
    const [dead] = await deadLetters(pipeline, "dlq-dead");
    expect(dead?.failedReason).toBe("HTTP 503");
    expect(dead?.data).toMatchObject({ reason: "max_poison_retries", replays: expect.any(Number) });
    expect(dead?.data.history).toHaveLength(Number(dead?.data.replays) + 1);
    expect(await idsOf(pipeline, "dlq-alerter")).toEqual([]);
    await waitFor(
      async () => (await remediation(pipeline, "mutt_remediation_replay_success_total")) === 3,
      { what: "three replays count as delivered" },
    );
    expect(await remediation(pipeline, "mutt_remediation_replay_fail_total")).toBe(0);
    // Once there it is never seen on a live queue again.
    await sleep(2500);
    expect(deliveredIds(pipeline)).toEqual(new Set(["zero", "one", "two"]));
    expect(await idsOf(pipeline, "dlq-dead")).toEqual(["four", "three"]);
  });

  test("takes no more entries than the storm cap allows", async () => {
    await using pipeline = await start("replay-storm", {
      REMEDIATION_BATCH_SIZE: "5",
      REMEDIATION_INTERVAL: "15",
    });
    await preload(pipeline, "dlq-alerter", drafts(40));
    await waitFor(async () => deliveredIds(pipeline).size === 5, {
      what: "five are delivered",
      timeoutMs: 25_000,
    });
    await sleep(3000);
    expect(deliveredIds(pipeline).size).toBe(5);
    expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(35);
  });

  test("leaves what is permanent, too old or has lost a worker twice to an operator", async () => {
    await using pipeline = await start("replay-policy", { REMEDIATION_MAX_AGE: "3600" });
    const old = new Date(Date.now() - 2 * 3600_000).toISOString();
    await preload(pipeline, "dlq-alerter", [
      { id: "permanent", class: "permanent" },
      { id: "old", failedAt: old },
      { id: "lost-again", class: "worker_lost", replays: 1 },
      { id: "lost-once", class: "worker_lost" },
      { id: "young" },
    ]);
    await untilDelivered(pipeline.receiver, new Set(["young", "lost-once"]));
    await sleep(2500);
    expect(deliveredIds(pipeline)).toEqual(new Set(["young", "lost-once"]));
    expect(await idsOf(pipeline, "dlq-alerter")).toEqual(["lost-again", "old", "permanent"]);
  });

  test("sends one of an unknown kind ahead, and the others after it was delivered", async () => {
    await using pipeline = await start("replay-canary");
    const kind = { class: "unknown", error: "a surprise" } as const;
    await preload(pipeline, "dlq-alerter", drafts(20, kind));
    await waitFor(async () => deliveredIds(pipeline).size >= 1, { what: "the first is delivered" });
    expect(deliveredIds(pipeline).size).toBe(1);
    await waitFor(async () => deliveredIds(pipeline).size === 20, { what: "the others follow" });
  });
});

test("shed events are replayed most severe first, and spend no poison budget however often", async () => {
  await using pipeline = await start("replay-capacity", {
    MAX_POISON_RETRIES: "0",
    REMEDIATION_ENABLED: "false",
    REMEDIATION_PAUSE_MS: "200",
    REMEDIATION_INTERVAL: "2",
  });
  const severities = [6, 4, 2, 3, 0, 5] as const;
  await preload(
    pipeline,
    "dlq-alerter",
    severities.map((severity) => ({
      id: `s${severity}`,
      severity,
      class: "capacity" as const,
      reason: "shed",
    })),
  );
  await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) === 6, {
    what: "all are parked",
  });
  await setSettings(pipeline, { remediation_enabled: "true" });
  await untilDelivered(pipeline.receiver, new Set(severities.map((severity) => `s${severity}`)));
  // Not by their arrival: 16 and 32 are worked on at a time on the way, and may overtake each other.
  const replayed = () => {
    const logs = pipeline.app("remediation").logs();
    const lines = logs.matchAll(/"dead letter replayed".*?"alert_id":"([^"]+)"/g);
    return [...lines].map(([, id]) => id);
  };
  await waitFor(() => replayed().length === 6, { what: "six replays are logged" });
  expect(replayed()).toEqual(["s0", "s2", "s3", "s4", "s5", "s6"]);
});

test("an alert that fails every time goes round as often as allowed, then is terminal with all its attempts", async () => {
  await using pipeline = await start("replay-poison", {
    MAX_POISON_RETRIES: "2",
    CIRCUIT_BREAKER_THRESHOLD: "1000",
  });
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  const accepted = await sendAll(pipeline, [[faults(1)[0]]]);
  const [id = ""] = accepted.ids;
  await waitFor(async () => (await idsOf(pipeline, "dlq-dead")).length === 1, {
    what: "the alert is terminal",
    timeoutMs: 40_000,
  });
  const [dead] = await deadLetters(pipeline, "dlq-dead");
  expect(dead?.data).toMatchObject({
    alert_id: id,
    class: "transient_downstream",
    reason: "max_poison_retries",
    replays: 2,
    origin_queue: "alert",
  });
  const history = dead?.data.history as { replay: number; attempt: number; actor?: string }[];
  expect(history.map(({ replay, attempt, actor }) => [replay, attempt, actor])).toEqual([
    [0, 1, undefined],
    [1, 1, "auto"],
    [2, 1, "auto"],
  ]);
  await waitFor(
    async () => (await remediation(pipeline, "mutt_remediation_replay_fail_total")) === 2,
    { what: "two replays count as failed" },
  );
  pipeline.receiver.setMode({ mode: "ok" });
  await sleep(2500);
  expect(deliveredIds(pipeline).size).toBe(0);
  expect(await jobsIn(pipeline, "alert", "prioritized")).toBe(0);

  // An operator grants one more round, and that is in the audit log.
  const queue = openTestQueue(pipeline, "dlq-dead");
  await (await queue.getJob(deadLetterJobId(id, { replays: 2 })))?.retry("failed");
  await queue.close();
  await untilDelivered(pipeline.receiver, accepted.ids);
  const audit = async () => {
    const entries = await pipeline.redis.client().xrange(`${pipeline.prefix}:audit`, "-", "+");
    return entries.map(([, fields]) => JSON.parse(fields[1] ?? "{}") as unknown);
  };
  await expect
    .poll(audit)
    .toContainEqual(expect.objectContaining({ action: "dlq.resurrect", target: id }));
});

describe("a receiver that is down", () => {
  const COUNT = 5000;

  test("sees no replay while the breaker is open, few when it is tried, then more and more; fresh alerts go on", async () => {
    await using pipeline = await start("replay-outage", {
      CIRCUIT_BREAKER_TIMEOUT: "4",
      CIRCUIT_BREAKER_THRESHOLD: "3",
      REMEDIATION_PAUSE_MS: "0",
    });
    pipeline.receiver.setMode({ mode: "error", status: 503 });
    await sendAll(pipeline, [faults(10)]);
    await waitFor(
      async () =>
        (await pipeline
          .app("forwarder")
          .metric("mutt_circuit_breaker_state", { state: "open" })) === 1,
      { what: "the breaker is open" },
    );
    await preload(pipeline, "dlq-alerter", drafts(COUNT));
    await waitFor(
      async () =>
        (await remediation(pipeline, "mutt_remediation_blocked_total", { gate: "breaker" })) >= 2,
      { what: "the breaker blocks replays", timeoutMs: 20_000 },
    );
    const moved = () => remediation(pipeline, "mutt_remediation_moved_total");
    const trials = () =>
      pipeline
        .app("forwarder")
        .metric("mutt_circuit_breaker_transitions_total", { to: "half_open" });
    const [movedBefore, trialsBefore] = [await moved(), await trials()];
    await sleep(6000);
    // One for each time that the breaker let itself be tried, and no more; remediation may know of one before it counts.
    const more = (await moved()) - movedBefore;
    expect(more).toBeLessThanOrEqual((await trials()) - trialsBefore + 1);

    /** Entries that may be put back in each interval. */
    const paces = [await remediation(pipeline, "mutt_remediation_pace")];
    pipeline.receiver.setMode({ mode: "ok" });
    const fresh = sendAll(
      pipeline,
      Array.from({ length: 20 }, (_, index) => [faults(1, `fresh ${index}`)[0]]),
      { concurrency: 1, pauseMs: 250 },
    );
    await waitFor(
      async () => {
        await sleep(250);
        paces.push(await remediation(pipeline, "mutt_remediation_pace"));
        return deliveredIds(pipeline).size >= COUNT;
      },
      { what: "everything is delivered", timeoutMs: 150_000 },
    );
    // From the last time that the destination was tried.
    const ramp = paces.slice(paces.lastIndexOf(1));
    expect(ramp[0]).toBe(1);
    expect(Math.max(...ramp)).toBeGreaterThan(100);
    expect(ramp).toEqual(ramp.toSorted((a, b) => a - b));
    await untilDelivered(pipeline.receiver, (await fresh).ids, 10_000);
    await waitFor(async () => (await idsOf(pipeline, "dlq-alerter")).length === 0, {
      what: "no dead letter is left",
      timeoutMs: 60_000,
    });
  });
});

describe("crashes and replicas", () => {
  test("kill -9 of remediation while it replays loses nothing, and two replicas replay each entry once", async () => {
    await using pipeline = await start("replay-kill", { REMEDIATION_PAUSE_MS: "2" });
    const first = pipeline.app("remediation");
    const second = await pipeline.spawn("remediation");
    await preload(pipeline, "dlq-alerter", drafts(300));
    await waitFor(() => deliveredIds(pipeline).size > 20, { what: "replay has begun", everyMs: 5 });
    await first.kill9();
    await second.kill9();
    await pipeline.spawn("remediation");
    await pipeline.spawn("remediation");
    await waitFor(() => deliveredIds(pipeline).size === 300, {
      what: "all are delivered",
      timeoutMs: 60_000,
    });
    await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "active")) === 0, {
      what: "nothing is in a dead worker's hands",
      timeoutMs: 30_000,
    });
    const twice = drafts(300).filter(({ id }) => timesDelivered(pipeline, id) !== 1);
    expect(twice).toEqual([]);
    expect(await idsOf(pipeline, "dlq-alerter")).toEqual([]);
    expect(await idsOf(pipeline, "dlq-dead")).toEqual([]);
  });

  test("remediation_enabled is in force within two seconds, in both directions", async () => {
    await using pipeline = await start("replay-switch", { REMEDIATION_ENABLED: "false" });
    await preload(pipeline, "dlq-alerter", drafts(5));
    await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) === 5, {
      what: "all are parked",
    });
    await sleep(2500);
    expect(deliveredIds(pipeline).size).toBe(0);
    expect(
      await remediation(pipeline, "mutt_remediation_blocked_total", { gate: "disabled" }),
    ).toBeGreaterThan(0);
    await setSettings(pipeline, { remediation_enabled: "true" });
    await waitFor(() => deliveredIds(pipeline).size === 5, { what: "all are delivered" });
    await setSettings(pipeline, { remediation_enabled: "false" });
    await sleep(2000);
    await preload(pipeline, "dlq-alerter", drafts(5, { id: "late" }));
    await sleep(2500);
    expect(deliveredIds(pipeline).size).toBe(5);
  });
});

describe("a Retry by hand", () => {
  test("overrides the class and the switch, and is paced; while a gate is closed the entry waits with the reason", async () => {
    await using pipeline = await start("retry-by-hand", {
      REMEDIATION_ENABLED: "false",
      REMEDIATION_BATCH_SIZE: "10",
      REMEDIATION_INTERVAL: "2",
    });
    await preload(pipeline, "dlq-alerter", drafts(60, { class: "permanent" }));
    await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) === 60, {
      what: "all are parked",
    });
    // What Bull Board's Retry all does.
    const queue = openTestQueue(pipeline, "dlq-alerter");
    const jobs = await queue.getJobs(["failed"], 0, 99);
    await Promise.all(jobs.map((job) => job.retry("failed")));
    await waitFor(() => deliveredIds(pipeline).size > 0, { what: "the first are delivered" });
    const startedAt = Date.now();
    await waitFor(() => deliveredIds(pipeline).size === 60, {
      what: "all are delivered in the end",
      timeoutMs: 60_000,
    });
    // 60 entries at ten in two seconds.
    expect(Date.now() - startedAt).toBeGreaterThan(6000);
    expect(
      await remediation(pipeline, "mutt_remediation_blocked_total", { gate: "storm_cap" }),
    ).toBeGreaterThan(0);

    pipeline.receiver.setMode({ mode: "unauthorized" });
    const stuck = await sendAll(pipeline, [faults(1)]);
    await waitFor(
      async () =>
        (await pipeline
          .app("forwarder")
          .metric("mutt_circuit_breaker_state", { state: "open" })) === 1,
      { what: "the breaker is open" },
    );
    await preload(pipeline, "dlq-alerter", [{ id: "held" }]);
    await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) === 1, {
      what: "the entry is parked",
    });
    // What remediation knows of the breaker is half a second old.
    await sleep(4000);
    await (await queue.getJob("held~r0"))?.retry("failed");
    await waitFor(async () => (await queue.getJob("held~r0"))?.progress !== 0, {
      what: "the entry says what it waits for",
    });
    expect((await queue.getJob("held~r0"))?.progress).toMatchObject({ waits_for: "breaker" });
    await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "delayed")) === 1, {
      what: "the entry waits",
    });
    await queue.close();
    pipeline.receiver.setMode({ mode: "ok" });
    await pipeline.redis.client().del(`${pipeline.prefix}:breaker:moog`);
    await untilDelivered(pipeline.receiver, new Set(["held", ...stuck.ids]));
  });
});

test("an entry that is no dead letter is left alone and stops nobody", async () => {
  await using pipeline = await start("replay-garbage");
  const queue = openTestQueue(pipeline, "dlq-alerter");
  await queue.add("garbage", { hello: "world" } as never, { jobId: "garbage" });
  await queue.close();
  await preload(pipeline, "dlq-alerter", [{ id: "good" }]);
  await untilDelivered(pipeline.receiver, new Set(["good"]));
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(1);
});

test("dead letters beyond the retention are removed, counted and audited; without one they stay", async () => {
  await using pipeline = await start("replay-retention", { REMEDIATION_ENABLED: "false" });
  const old = new Date(Date.now() - 3 * 86_400_000).toISOString();
  await preload(pipeline, "dlq-forwarder", [{ id: "old", failedAt: old }, { id: "new" }]);
  await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) === 2, {
    what: "both are parked",
  });
  await setSettings(pipeline, { dlq_retention_days: 2 });
  await pipeline.app("remediation").stop();
  await pipeline.spawn("remediation");
  await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) === 1, {
    what: "the old one is removed",
  });
  expect(await idsOf(pipeline, "dlq-forwarder")).toEqual(["new"]);
  expect(await remediation(pipeline, "mutt_remediation_expired_total")).toBe(1);
  const redis = pipeline.redis.client();
  await waitFor(async () => (await redis.hget(`${pipeline.prefix}:ledger`, "expired")) === "1", {
    what: "the ledger has its outcome",
  });
  const audit = await redis.xrange(`${pipeline.prefix}:audit`, "-", "+");
  expect(audit.map(([, fields]) => JSON.parse(fields[1] ?? "{}"))).toContainEqual(
    expect.objectContaining({ action: "dlq.expire", new: { entries: 1, alert_ids: ["old"] } }),
  );
});
