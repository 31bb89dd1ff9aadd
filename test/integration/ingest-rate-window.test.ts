import { createScript } from "@mutt/redis";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMISSION_LUA } from "../../apps/ingestor/src/admission-script.ts";

const WINDOW_MS = 60_000;
/** The window is counted in twentieths of its length. */
const SLICE_MS = WINDOW_MS / 20;
/** The start of a slice. */
const START_MS = 1_800_000_000_000;

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

/** The admission script under a clock of the test's own: Redis cannot be told what time it is. */
function setup({ limit, windowMs = WINDOW_MS }: { limit: number; windowMs?: number }) {
  const prefix = uniquePrefix("rate-window");
  const redis = shared.client();
  const clockKey = `${prefix}:clock`;
  const lua = ADMISSION_LUA.replace(
    "redis.call('TIME')",
    `redis.call('HMGET', '${clockKey}', 'seconds', 'microseconds')`,
  );
  expect(lua).not.toBe(ADMISSION_LUA);
  const script = createScript(lua);
  const keys = [`${prefix}:ingest-rate`, `${prefix}:ingest-depth`];
  /** Asks for `count` events at a time; gives 0 when they were taken, else the milliseconds to wait. */
  const askAt = async (nowMs: number, count: number): Promise<number> => {
    const microseconds = (nowMs % 1000) * 1000;
    await redis.hset(clockKey, { seconds: Math.floor(nowMs / 1000), microseconds });
    const reply = await script.run(redis, keys, [limit, windowMs, 1_000_000_000, count]);
    const [[verdict, value]] = reply as [[number, number]];
    return verdict === 0 ? 0 : value;
  };
  const isTakenAt = async (nowMs: number, count: number) => (await askAt(nowMs, count)) === 0;
  return { redis, askAt, isTakenAt, rateKey: keys[0] as string };
}

/** A repeatable sequence of numbers from 0 to 1 (a linear congruential generator, Numerical Recipes). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("the sliding window", () => {
  test("keeps a burst until all of its slice has left the window, to the millisecond", async () => {
    const { isTakenAt } = setup({ limit: 10 });
    expect(await isTakenAt(START_MS, 10)).toBe(true);
    const freeAgain = START_MS + WINDOW_MS + SLICE_MS;
    for (const at of [START_MS + SLICE_MS, START_MS + WINDOW_MS, freeAgain - 1]) {
      expect(await isTakenAt(at, 1)).toBe(false);
    }
    expect(await isTakenAt(freeAgain, 10)).toBe(true);
  });

  test("frees what was taken slice by slice", async () => {
    const { isTakenAt } = setup({ limit: 10 });
    expect(await isTakenAt(START_MS, 4)).toBe(true);
    expect(await isTakenAt(START_MS + 5 * SLICE_MS, 6)).toBe(true);
    const first = START_MS + WINDOW_MS + SLICE_MS;
    expect(await isTakenAt(first, 5)).toBe(false);
    expect(await isTakenAt(first, 4)).toBe(true);
    expect(await isTakenAt(first + 5 * SLICE_MS - 1, 1)).toBe(false);
    expect(await isTakenAt(first + 5 * SLICE_MS, 6)).toBe(true);
  });

  test("tells a wait that ends exactly when there is room, for every size of request", async () => {
    for (const count of [1, 4, 5, 10]) {
      const { askAt, isTakenAt } = setup({ limit: 10 });
      expect(await askAt(START_MS + 700, 4)).toBe(0);
      expect(await askAt(START_MS + 7 * SLICE_MS, 6)).toBe(0);
      const now = START_MS + 9 * SLICE_MS + 123;
      const waitMs = await askAt(now, count);
      const slice = count <= 4 ? 0 : 7;
      expect(waitMs).toBe(START_MS + (slice + 21) * SLICE_MS - now);
      expect(await isTakenAt(now + waitMs - 1, count)).toBe(false);
      expect(await isTakenAt(now + waitMs, count)).toBe(true);
    }
  });

  test("never takes a request that is larger than the limit, and tells it a whole window", async () => {
    const { askAt, isTakenAt } = setup({ limit: 10 });
    expect(await askAt(START_MS, 11)).toBe(WINDOW_MS);
    expect(await isTakenAt(START_MS, 10)).toBe(true);
    expect(await askAt(START_MS, 11)).toBe(WINDOW_MS);
  });

  test.each([1, 2, 3])("holds in every window, wherever it starts (sequence %i)", async (seed) => {
    const limit = 50;
    const { askAt } = setup({ limit });
    const random = createRandom(seed);
    const taken: { at: number; count: number }[] = [];
    let refused = 0;
    for (let now = START_MS, request = 0; request < 600; request += 1) {
      // Bursts, pauses, and now and then a pause longer than the window.
      const pause = random() < 0.02 ? 3 * WINDOW_MS : random() ** 6 * WINDOW_MS;
      now += Math.floor(pause);
      const count = 1 + Math.floor(random() * 12);
      const counted = taken.filter(({ at }) => sliceOf(at) >= sliceOf(now) - 20);
      const fits = sum(counted) + count <= limit;
      const waitMs = await askAt(now, count);
      expect(waitMs === 0).toBe(fits);
      if (waitMs === 0) taken.push({ at: now, count });
      else refused += 1;
    }
    // A window that is fullest begins with something that was taken.
    const fullest = taken.map(({ at: from }) =>
      sum(taken.filter(({ at }) => at >= from && at < from + WINDOW_MS)),
    );
    expect(Math.max(...fullest)).toBeLessThanOrEqual(limit);
    expect(Math.max(...fullest)).toBeGreaterThan(limit - 12);
    expect(refused).toBeGreaterThan(50);
  });

  test.each([1000, 7000, 3_600_000])("holds in a window of %i ms", async (windowMs) => {
    const { isTakenAt } = setup({ limit: 10, windowMs });
    const start = START_MS - (START_MS % (windowMs / 20));
    const last = start + windowMs / 20 - 1;
    expect(await isTakenAt(last, 10)).toBe(true);
    expect(await isTakenAt(last + windowMs - 1, 1)).toBe(false);
    expect(await isTakenAt(start + windowMs + windowMs / 20, 10)).toBe(true);
  });

  test("keeps no more than the slices of one window", async () => {
    const { askAt, redis, rateKey } = setup({ limit: 1_000_000 });
    for (let slice = 0; slice < 100; slice += 1) await askAt(START_MS + slice * SLICE_MS, 1);
    // 20 slices and the one at hand, the total, where it starts, and the slices' width.
    expect(await redis.hlen(rateKey)).toBe(21 + 3);
    expect(await redis.hget(rateKey, "total")).toBe("21");
  });
});

describe("a clock that jumps", () => {
  test("back within the window keeps what was taken", async () => {
    const { isTakenAt } = setup({ limit: 10 });
    expect(await isTakenAt(START_MS, 6)).toBe(true);
    expect(await isTakenAt(START_MS - 4 * SLICE_MS, 4)).toBe(true);
    expect(await isTakenAt(START_MS - 4 * SLICE_MS, 1)).toBe(false);
    const freed = START_MS + 17 * SLICE_MS;
    expect(await isTakenAt(freed - 1, 1)).toBe(false);
    expect(await isTakenAt(freed, 5)).toBe(false);
    expect(await isTakenAt(freed, 4)).toBe(true);
    expect(await isTakenAt(START_MS + 21 * SLICE_MS, 6)).toBe(true);
  });

  test("back by more than the window does not hold anything for ever", async () => {
    const { askAt, isTakenAt } = setup({ limit: 10 });
    const future = START_MS + 100 * WINDOW_MS;
    expect(await isTakenAt(future, 10)).toBe(true);
    expect(await isTakenAt(START_MS, 10)).toBe(true);
    const waitMs = await askAt(START_MS, 10);
    expect(waitMs).toBe(WINDOW_MS + SLICE_MS);
    expect(await isTakenAt(START_MS + waitMs, 10)).toBe(true);
  });

  test("far ahead frees everything", async () => {
    const { isTakenAt } = setup({ limit: 10 });
    expect(await isTakenAt(START_MS, 10)).toBe(true);
    expect(await isTakenAt(START_MS + 1000 * WINDOW_MS, 10)).toBe(true);
  });
});

function sliceOf(atMs: number): number {
  return Math.floor(atMs / SLICE_MS);
}

function sum(taken: readonly { count: number }[]): number {
  return taken.reduce((total, { count }) => total + count, 0);
}
