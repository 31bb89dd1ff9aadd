// The checker of the objectives on a real Redis, with a server that plays Prometheus, and without one.
import { startMinuteRecorder } from "@mutt/minute-history";
import { createOutageLog } from "@mutt/redis";
import { DEFAULT_SLO_SETTINGS, type SloSettings } from "@mutt/slo";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startSloChecker } from "../../../apps/admin/src/slo/checker.ts";
import { createLastKnownStore } from "../../../apps/admin/src/slo/last-known.ts";
import { openPrometheusSource } from "../../../apps/admin/src/slo/prometheus-source.ts";
import { createRedisSource } from "../../../apps/admin/src/slo/redis-source.ts";
import { counted, startFakePrometheus } from "./fake-prometheus.ts";

let shared: TestRedis;
beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

/** Evaluations happen when a test asks for them. */
const NEVER_MS = 3_600_000;

function createLog() {
  const lines: string[] = [];
  return {
    lines,
    outage: createOutageLog(
      {
        warn: (message: string) => lines.push(`warn ${message}`),
        info: (message: string) => lines.push(`info ${message}`),
      },
      "asking",
    ),
  };
}

async function setup() {
  const prefix = uniquePrefix("slo checker");
  const redis = shared.client();
  const fake = await startFakePrometheus();
  fake.answer(counted());
  onTestFinished(() => fake[Symbol.asyncDispose]());
  const clock = { now: new Date("2026-11-23T15:12:00.000Z") };
  const log = createLog();
  const settings: { current: SloSettings } = { current: DEFAULT_SLO_SETTINGS };
  const start = () => {
    const checker = startSloChecker({
      source: openPrometheusSource({ url: fake.url }, () => {}),
      store: createLastKnownStore(redis, prefix),
      settings: () => settings.current,
      outage: log.outage,
      intervalMs: NEVER_MS,
      now: () => clock.now,
    });
    onTestFinished(() => checker[Symbol.asyncDispose]());
    return checker;
  };
  return { prefix, redis, fake, clock, log, settings, start };
}

const later = (clock: { now: Date }, seconds: number) => {
  clock.now = new Date(clock.now.getTime() + seconds * 1000);
};

test("the first one who asks waits for the first evaluation", async () => {
  const { start } = await setup();
  const answer = await start().current();
  expect(answer).toMatchObject({
    state: "ok",
    source: "prometheus",
    window_hours: 720,
    prometheus: { available: true, error: null, last_success_at: "2026-11-23T15:12:00.000Z" },
    cache: { age_seconds: 0, ttl_seconds: NEVER_MS / 1000 },
  });
  expect(answer.components.ingestor).toMatchObject({ availability: 1, burn_rate: 0 });
});

test("everyone is served from one evaluation", async () => {
  const { start, fake, clock } = await setup();
  const checker = start();
  await checker.current();
  const asked = fake.asked.length;
  later(clock, 9);
  const answers = await Promise.all(Array.from({ length: 20 }, () => checker.current()));
  expect(fake.asked.length).toBe(asked);
  expect(answers[0]?.cache.age_seconds).toBe(9);
});

test("two who refresh at once share one evaluation after the one under way", async () => {
  const { start, fake } = await setup();
  const checker = start();
  await checker.current();
  const once = fake.asked.length;
  await Promise.all([checker.refresh(), checker.refresh()]);
  expect(fake.asked.length).toBe(2 * once);
});

describe("while Prometheus is away", () => {
  test("the state is unknown beside what was known, with one warning for the outage", async () => {
    const { start, fake, clock, log } = await setup();
    const checker = start();
    fake.answer(counted({ badShare: () => 0.001 }));
    await checker.refresh();
    fake.answer(() => ({ status: 503, body: "" }));
    for (let round = 0; round < 3; round++) {
      later(clock, 15);
      await checker.refresh();
    }
    const answer = await checker.current();
    expect(answer).toMatchObject({
      state: "unknown",
      prometheus: {
        available: false,
        error: "HTTP 503",
        last_success_at: "2026-11-23T15:12:00.000Z",
      },
    });
    expect(answer.components.ingestor).toMatchObject({
      state: "unknown",
      reason: "prometheus_unavailable",
      availability: null,
      last_known: { state: "ok", availability: 0.999, age_seconds: 45, expired: false },
    });
    fake.answer(counted());
    await checker.refresh();
    expect((await checker.current()).components.ingestor).toMatchObject({
      state: "ok",
      last_known: null,
    });
    expect(log.lines).toEqual(["warn asking: failing", "info asking: working again"]);
  });

  test("a checker that was started anew knows what the one before it knew", async () => {
    const { start, fake, clock } = await setup();
    await (await start()).current();
    fake.answer(() => ({ status: 503, body: "" }));
    later(clock, 7 * 3600);
    const { components } = await start().current();
    expect(components.forwarder.last_known).toMatchObject({
      state: "ok",
      age_seconds: 25_200,
      expired: true,
    });
  });

  test("something else in place of what was known is as good as nothing", async () => {
    const { start, fake, redis, prefix } = await setup();
    await redis.hset(`${prefix}:slo-last-known`, { ingestor: "{", forwarder: '{"state":"ok"}' });
    fake.answer(() => ({ status: 503, body: "" }));
    const { components } = await start().current();
    expect([components.ingestor.last_known, components.forwarder.last_known]).toEqual([null, null]);
  });
});

test("a target changed at run time holds without a new evaluation", async () => {
  const { start, fake, settings } = await setup();
  fake.answer(counted({ badShare: () => 0.004 }));
  const checker = start();
  expect((await checker.current()).components.ingestor).toMatchObject({
    target: 0.995,
    burn_rate: 0.8,
    state: "ok",
  });
  settings.current = { ...settings.current, targets: { ingestor: 0.9999, forwarder: 0.99 } };
  expect((await checker.current()).components.ingestor).toMatchObject({
    target: 0.9999,
    burn_rate: 40,
    state: "critical",
  });
});

test("a window changed at run time is asked for with the next evaluation", async () => {
  const { start, fake, settings } = await setup();
  const checker = start();
  await checker.current();
  settings.current = { ...settings.current, windowHours: 48 };
  expect((await checker.current()).window_hours).toBe(720);
  await checker.refresh();
  expect((await checker.current()).window_hours).toBe(48);
  expect(fake.asked.some(({ query }) => query.includes("[48h]"))).toBe(true);
});

describe("without Prometheus", () => {
  async function setupOwn() {
    const prefix = uniquePrefix("slo own");
    const redis = shared.client();
    const log = createLog();
    const checker = startSloChecker({
      source: createRedisSource({ redis, prefix }, () => {}),
      store: createLastKnownStore(redis, prefix),
      settings: () => DEFAULT_SLO_SETTINGS,
      outage: log.outage,
      intervalMs: NEVER_MS,
    });
    onTestFinished(() => checker[Symbol.asyncDispose]());
    return { prefix, redis, log, checker };
  }

  test("nobody who counts is unknown, not ok", async () => {
    const { checker } = await setupOwn();
    const answer = await checker.current();
    expect(answer).toMatchObject({
      state: "unknown",
      source: "redis",
      prometheus: { available: false, error: null, last_success_at: null },
    });
    expect(answer.components.ingestor.reason).toBe("metrics_absent");
  });

  test("somebody who counts nothing is no traffic", async () => {
    const { checker, redis, prefix } = await setupOwn();
    await startMinuteRecorder({ redis, prefix, app: "ingestor" })[Symbol.asyncDispose]();
    const reason = async () => {
      await checker.refresh();
      return (await checker.current()).components.ingestor.reason;
    };
    await expect.poll(reason).toBe("no_traffic");
  });

  test("the pipeline's own counts are judged", async () => {
    const { checker, redis, prefix } = await setupOwn();
    const recorder = startMinuteRecorder({ redis, prefix, app: "forwarder" });
    recorder.add("forward_good", 990);
    recorder.add("forward_bad", 10);
    recorder.add("replay_bad", 500);
    await recorder[Symbol.asyncDispose]();
    const forwarder = async () => {
      await checker.refresh();
      return (await checker.current()).components.forwarder;
    };
    await expect.poll(forwarder).toMatchObject({
      state: "ok",
      availability: 0.99,
      burn_rate: 1,
      events: { total: 1000, bad: 10 },
      flags: { insufficient_history: true },
    });
  });

  test("Redis away is unknown with its reason", async () => {
    await using own = await startTestRedis();
    const redis = own.client({ enableOfflineQueue: false });
    await redis.ping().catch(() => {});
    await own.kill9();
    const { lines, outage } = createLog();
    await using checker = startSloChecker({
      source: createRedisSource({ redis, prefix: "gone" }, () => {}),
      store: createLastKnownStore(redis, "gone"),
      settings: () => DEFAULT_SLO_SETTINGS,
      outage,
      intervalMs: NEVER_MS,
    });
    expect((await checker.current()).components.ingestor.reason).toBe("redis_unavailable");
    expect(lines).toEqual(["warn asking: failing"]);
  });
});
