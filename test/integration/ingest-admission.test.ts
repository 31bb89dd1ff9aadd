import { setTimeout as sleep } from "node:timers/promises";
import { ingestDepthKey, readIngestDepth } from "@mutt/queues";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type AdmissionLimits, createAdmission } from "../../apps/ingestor/src/admission.ts";

const HOUR_MS = 3_600_000;
/** Where it is not about a Redis that is slow. */
const PATIENT_MS = 20_000;
const UNLIMITED: AdmissionLimits = { maxRate: 0, windowMs: HOUR_MS, maxQueued: 1_000_000 };

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

/** An admission whose limits a test may change between two decisions. */
function setup(given: Partial<AdmissionLimits> = {}, server = shared, decisionMs = PATIENT_MS) {
  const prefix = uniquePrefix("admission");
  const redis = server.client();
  const limits: AdmissionLimits = { ...UNLIMITED, ...given };
  const lines: string[] = [];
  let errors = 0;
  const write = (message: string) => void lines.push(message);
  const logger = { error: write, warn: write, info: write, debug: write };
  const create = (connection = redis) =>
    createAdmission({
      redis: connection,
      prefix,
      limits: () => limits,
      onError: () => {
        errors += 1;
      },
      decisionMs,
      logger: { ...logger, isEnabled: () => true, child: () => never(), flush: async () => {} },
    });
  const admit = create();
  return {
    prefix,
    redis,
    limits,
    lines,
    create,
    admit,
    errors: () => errors,
    rateKey: `${prefix}:ingest-rate`,
    depth: () => readIngestDepth(redis, prefix),
    /** The verdicts of requests that are decided together, without their values. */
    verdicts: async (...counts: number[]) => (await admit(counts)).map(({ verdict }) => verdict),
  };
}

function never(): never {
  throw new Error("not asked for here");
}

describe("the rate limit", () => {
  test("takes as many events as it says and not one more", async () => {
    const { verdicts } = setup({ maxRate: 10 });
    expect(await verdicts(4)).toEqual(["admitted"]);
    expect(await verdicts(6)).toEqual(["admitted"]);
    expect(await verdicts(1)).toEqual(["rate_limited"]);
  });

  test("takes a request as a whole or not at all, and counts only what it took", async () => {
    const { verdicts, depth } = setup({ maxRate: 10 });
    expect(await verdicts(7)).toEqual(["admitted"]);
    expect(await verdicts(4)).toEqual(["rate_limited"]);
    expect(await verdicts(3)).toEqual(["admitted"]);
    expect(await depth()).toBe(10);
  });

  test("decides on several requests in one call, each by itself, in their order", async () => {
    const { admit, verdicts } = setup({ maxRate: 10 });
    const answers = await admit([6, 5, 3, 2, 1]);
    expect(answers).toEqual([
      { verdict: "admitted", depth: 6 },
      { verdict: "rate_limited", waitMs: expect.any(Number) },
      { verdict: "admitted", depth: 9 },
      { verdict: "rate_limited", waitMs: expect.any(Number) },
      { verdict: "admitted", depth: 10 },
    ]);
    expect(await verdicts(1)).toEqual(["rate_limited"]);
  });

  test("decides on two thousand requests in one call", async () => {
    const { verdicts } = setup({ maxRate: 1500 });
    const answers = await verdicts(...Array(2000).fill(1));
    expect(answers.slice(0, 1500).every((verdict) => verdict === "admitted")).toBe(true);
    expect(answers.slice(1500).every((verdict) => verdict === "rate_limited")).toBe(true);
  });

  test("is one for all replicas, however their requests interleave", async () => {
    const { create } = setup({ maxRate: 20 });
    const replicas = [create(), create(shared.client())];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => replicas[index % 2]?.([1])),
    );
    const admitted = answers.flat().filter((answer) => answer?.verdict === "admitted");
    expect(admitted).toHaveLength(20);
  });

  test("lets a sender in that comes back after the time it was told", async () => {
    const { admit, verdicts } = setup({ maxRate: 5, windowMs: 3000 });
    expect(await verdicts(5)).toEqual(["admitted"]);
    const [refused] = await admit([5]);
    if (refused?.verdict !== "rate_limited") throw new Error(`not limited: ${refused?.verdict}`);
    expect(refused.waitMs).toBeGreaterThan(0);
    expect(refused.waitMs).toBeLessThanOrEqual(3150);
    await sleep(refused.waitMs);
    expect(await verdicts(5)).toEqual(["admitted"]);
  });

  test("counts nothing and keeps nothing while it is off", async () => {
    const { verdicts, limits, redis, rateKey } = setup({ maxRate: 0 });
    expect(await verdicts(1_000, 1_000)).toEqual(["admitted", "admitted"]);
    expect(await redis.exists(rateKey)).toBe(0);
    limits.maxRate = 10;
    expect(await verdicts(10, 1)).toEqual(["admitted", "rate_limited"]);
  });

  test("follows a limit that changes, with what was taken before", async () => {
    const { verdicts, limits } = setup({ maxRate: 10 });
    expect(await verdicts(10, 1)).toEqual(["admitted", "rate_limited"]);
    limits.maxRate = 12;
    expect(await verdicts(2, 1)).toEqual(["admitted", "rate_limited"]);
    limits.maxRate = 5;
    expect(await verdicts(1)).toEqual(["rate_limited"]);
  });

  test("begins anew when its window changes", async () => {
    const { verdicts, limits, redis, rateKey } = setup({ maxRate: 10, windowMs: HOUR_MS });
    expect(await verdicts(10, 1)).toEqual(["admitted", "rate_limited"]);
    limits.windowMs = 60_000;
    expect(await verdicts(10, 1)).toEqual(["admitted", "rate_limited"]);
    expect(await redis.pttl(rateKey)).toBeLessThanOrEqual(66_000);
  });

  test("leaves nothing behind once its window is over", async () => {
    const { verdicts, redis, rateKey } = setup({ maxRate: 10, windowMs: 60_000 });
    await verdicts(1);
    const ttl = await redis.pttl(rateKey);
    expect(ttl).toBeGreaterThan(60_000);
    expect(ttl).toBeLessThanOrEqual(66_000);
  });
});

describe("the cap of the queue", () => {
  test("refuses what would go beyond it, and tells the depth", async () => {
    const { admit, depth } = setup({ maxQueued: 10 });
    expect(await admit([8, 3, 2, 1])).toEqual([
      { verdict: "admitted", depth: 8 },
      { verdict: "full", depth: 8 },
      { verdict: "admitted", depth: 10 },
      { verdict: "full", depth: 10 },
    ]);
    expect(await depth()).toBe(10);
  });

  test("lets events in again as the queue gets shorter", async () => {
    const { verdicts, redis, prefix } = setup({ maxQueued: 10 });
    await redis.set(ingestDepthKey(prefix), 10);
    expect(await verdicts(1)).toEqual(["full"]);
    await redis.decrby(ingestDepthKey(prefix), 4);
    expect(await verdicts(5, 4)).toEqual(["full", "admitted"]);
  });

  test("takes nothing from the rate for what it refuses", async () => {
    const { verdicts, limits } = setup({ maxRate: 10, maxQueued: 3 });
    expect(await verdicts(3, 3, 3)).toEqual(["admitted", "full", "full"]);
    limits.maxQueued = 100;
    expect(await verdicts(7, 1)).toEqual(["admitted", "rate_limited"]);
  });

  test("comes second: what both would refuse is told to slow down", async () => {
    const { verdicts } = setup({ maxRate: 3, maxQueued: 3 });
    expect(await verdicts(3, 1)).toEqual(["admitted", "rate_limited"]);
  });
});

describe("an admission that Redis cannot decide", () => {
  test("lets events through and counts that, whichever key is broken, until it is mended", async () => {
    const { verdicts, redis, errors, rateKey, prefix, lines } = setup({ maxRate: 10 });
    await redis.set(rateKey, "not a hash");
    expect(await verdicts(7, 7)).toEqual(["admitted", "admitted"]);
    expect(errors()).toBe(1);
    await redis.del(rateKey);
    expect(await verdicts(10, 1)).toEqual(["admitted", "rate_limited"]);

    await redis.del(ingestDepthKey(prefix));
    await redis.rpush(ingestDepthKey(prefix), "not a number");
    expect(await verdicts(7)).toEqual(["admitted"]);
    expect(errors()).toBe(2);
    expect(lines.filter((line) => line.includes("failing open"))).toEqual([
      "rate limiter (failing open): failing",
      "rate limiter (failing open): working again",
      "rate limiter (failing open): failing",
    ]);
  });

  test("counts every decision that was not made, and logs the first", async () => {
    const { verdicts, redis, errors, rateKey, lines } = setup({ maxRate: 10 });
    await redis.set(rateKey, "not a hash");
    for (let call = 0; call < 5; call += 1) await verdicts(1);
    expect(errors()).toBe(5);
    expect(lines).toEqual(["rate limiter (failing open): failing"]);
  });

  test("needs no second look at a script that Redis has forgotten", async () => {
    const { verdicts, redis, errors } = setup({ maxRate: 10 });
    expect(await verdicts(6)).toEqual(["admitted"]);
    await redis.script("FLUSH");
    expect(await verdicts(6)).toEqual(["rate_limited"]);
    expect(errors()).toBe(0);
  });

  test("does not wait for a Redis that is frozen", async () => {
    const server = await startTestRedis();
    onTestFinished(() => server.stop());
    const { redis, verdicts, errors } = setup({ maxRate: 10 }, server, 300);
    await redis.ping();
    server.freeze();
    expect(await verdicts(20)).toEqual(["admitted"]);
    expect(errors()).toBe(1);
    server.thaw();
  });
});
