// The history of minutes in a real Redis: what is counted arrives once, also through an outage.
import {
  createTotalsReader,
  MAX_POINTS,
  MINUTE_MS,
  minuteOf,
  readHistory,
  startMinuteRecorder,
  writeSample,
} from "@mutt/minute-history";
import { startTestRedis, type TestRedis, uniquePrefix, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const NOW = Date.UTC(2026, 10, 23, 15, 12, 30);

let shared: TestRedis;
beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

function setup(options: { redis?: TestRedis; startAt?: number } = {}) {
  const prefix = uniquePrefix("minute history");
  const redis = (options.redis ?? shared).client();
  const clock = { now: options.startAt ?? NOW };
  const record = (app: "ingestor" | "alerter" | "forwarder" = "ingestor") => {
    const recorder = startMinuteRecorder({ redis, prefix, app, flushMs: 10, now: () => clock.now });
    onTestFinished(() => recorder[Symbol.asyncDispose]());
    return recorder;
  };
  const totals = async (minutes: number, at = clock.now) => {
    const [found] = await createTotalsReader(redis, prefix).read([minutes], at);
    if (!found) throw new Error("no totals");
    return found;
  };
  return { prefix, redis, clock, record, totals };
}

/** Puts a past hour in place, as a recorder would have left it. */
async function putHour(
  { redis, prefix }: Pick<ReturnType<typeof setup>, "redis" | "prefix">,
  hoursAgo: number,
  counts: Record<string, number>,
) {
  const hour = Math.floor(minuteOf(NOW) / 60) - hoursAgo;
  await redis.hset(`${prefix}:hour:${hour}`, counts);
}

test("counts of all processes add up", async () => {
  const { record, totals } = setup();
  const recorders = [record(), record()];
  for (const recorder of recorders) {
    recorder.add("ingest_good", 20);
    recorder.add("ingest_bad");
  }
  await Promise.all(recorders.map((recorder) => recorder[Symbol.asyncDispose]()));
  await expect
    .poll(() => totals(5))
    .toMatchObject({ ingest_good: 40, ingest_bad: 2, up_ingestor: 1 });
});

test("a minute in which nothing happened shows that somebody was there", async () => {
  const { record, totals, clock } = setup();
  await record("forwarder")[Symbol.asyncDispose]();
  clock.now += MINUTE_MS;
  await record("forwarder")[Symbol.asyncDispose]();
  await expect
    .poll(() => totals(5))
    .toMatchObject({ up_forwarder: 2, up_ingestor: 0, forward_good: 0 });
});

test("counts of an outage are written to the minutes in which they were counted", async () => {
  await using own = await startTestRedis({ appendfsync: "always" });
  const { record, redis, prefix, clock } = setup({ redis: own });
  const recorder = record();
  recorder.add("ingest_good", 1);
  await waitFor(() => redis.exists(`${prefix}:minute:${minuteOf(NOW)}`), {
    what: "the first count is written",
  });
  await own.kill9();
  for (let minute = 1; minute <= 3; minute++) {
    clock.now = NOW + minute * MINUTE_MS;
    recorder.add("ingest_good", 10);
  }
  await own.start();
  const history = await waitFor(
    async () => {
      const range = { fromMinute: minuteOf(NOW), toMinute: minuteOf(NOW) + 3, step: 1 };
      const { series } = await readHistory({ redis, prefix }, range);
      return series.ingest_good.every((value) => value !== null) ? series : undefined;
    },
    { what: "the counts of the outage are written", timeoutMs: 20_000 },
  );
  expect(history.ingest_good).toEqual([1, 10, 10, 10]);
});

test("a batch that was written although its answer was lost is not counted twice", async () => {
  const { record, redis, totals } = setup();
  const evalsha = redis.evalsha.bind(redis) as (...args: unknown[]) => Promise<unknown>;
  let losses = 2;
  Object.assign(redis, {
    evalsha: async (...args: unknown[]) => {
      const reply = await evalsha(...args);
      if (losses-- > 0) throw new Error("the answer was lost");
      return reply;
    },
  });
  const recorder = record();
  recorder.add("forward_good", 5);
  await waitFor(() => losses < 0, { what: "the batch is sent until it is answered" });
  await recorder[Symbol.asyncDispose]();
  expect((await totals(5)).forward_good).toBe(5);
});

test("minutes are kept for eight days, hours for a year and two days", async () => {
  const { record, redis, prefix } = setup();
  await record()[Symbol.asyncDispose]();
  await waitFor(() => redis.exists(`${prefix}:minute:${minuteOf(NOW)}`), { what: "it is written" });
  const minute = await redis.ttl(`${prefix}:minute:${minuteOf(NOW)}`);
  const hour = await redis.ttl(`${prefix}:hour:${Math.floor(minuteOf(NOW) / 60)}`);
  expect(minute).toBeGreaterThan(8 * 86_400 - 60);
  expect(hour).toBeGreaterThan(367 * 86_400 - 60);
});

test("a window is exactly its minutes, whole hours in the middle", async () => {
  const { record, clock, totals } = setup({ startAt: NOW - 7 * 60 * MINUTE_MS });
  for (let minute = -7 * 60; minute <= 0; minute++) {
    clock.now = NOW + minute * MINUTE_MS;
    const recorder = record();
    recorder.add("ingest_good", 1);
    await recorder[Symbol.asyncDispose]();
  }
  // The minute under way comes on top.
  for (const minutes of [5, 30, 60, 120, 360]) {
    await expect
      .poll(() => totals(minutes, NOW))
      .toMatchObject({
        ingest_good: minutes + 1,
        up_ingestor: minutes + 1,
      });
  }
});

test("a long window takes the hour in which it begins by its share", async () => {
  const parts = setup();
  for (const hoursAgo of [720, 719, 3, 721]) await putHour(parts, hoursAgo, { ingest_bad: 60 });
  // 15:12 minus 720 hours: 48 minutes of the hour 720 hours ago.
  expect((await parts.totals(720 * 60)).ingest_bad).toBeCloseTo(48 + 60 + 60);
});

test("late counts of a past hour are seen once what is kept is forgotten", async () => {
  const parts = setup();
  const reader = createTotalsReader(parts.redis, parts.prefix);
  const read = async (at: number) => (await reader.read([720 * 60], at))[0]?.ingest_bad;
  expect(await read(NOW)).toBe(0);
  await putHour(parts, 100, { ingest_bad: 7 });
  expect(await read(NOW + 1000)).toBe(0);
  expect(await read(NOW + 300_000)).toBe(7);
});

test("charts get sums of counts, peaks of gauges, and gaps where nothing was recorded", async () => {
  const { record, redis, prefix, clock } = setup();
  for (const [minute, depth] of [
    [0, 5],
    [1, 50],
    [5, 1],
  ] as const) {
    clock.now = NOW + minute * MINUTE_MS;
    const recorder = record();
    recorder.add("logged", 3);
    await recorder[Symbol.asyncDispose]();
    await writeSample({ redis, prefix }, clock.now, { alert_depth: depth, shed_share: 0.25 });
  }
  const from = minuteOf(NOW);
  const read = () =>
    readHistory({ redis, prefix }, { fromMinute: from, toMinute: from + 5, step: 2 });
  await expect.poll(async () => (await read()).series.logged).toEqual([6, null, 3]);
  const history = await read();
  expect(history).toMatchObject({ step: 2, minutes: [from, from + 2, from + 4] });
  expect(history.series.alert_depth).toEqual([50, null, 1]);
  expect(history.series.shed_share).toEqual([0.25, null, 0.25]);
  expect(history.series.breaker).toEqual([null, null, null]);
});

test("no question can ask for more than a week, or get more than 1500 points", async () => {
  const { redis, prefix } = setup();
  const toMinute = minuteOf(NOW);
  const history = await readHistory({ redis, prefix }, { fromMinute: 0, toMinute, step: 1 });
  expect(history.minutes.length).toBeLessThanOrEqual(MAX_POINTS);
  expect(history.minutes[0]).toBe(toMinute - 7 * 1440 + 1);
  expect(history.step).toBe(7);
});

test("a sample without a usable number is not written", async () => {
  const { redis, prefix } = setup();
  await writeSample({ redis, prefix }, NOW, { alert_depth: Number.NaN });
  expect(await redis.exists(`${prefix}:minute:${minuteOf(NOW)}`)).toBe(0);
});
