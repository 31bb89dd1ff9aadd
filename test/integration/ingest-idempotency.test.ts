import { startTestRedis, type TestRedis, uniquePrefix, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  createIdempotency,
  type HeldKey,
  type Idempotency,
} from "../../apps/ingestor/src/idempotency.ts";

const BODY = Buffer.from('{"hostname":"sw1","message":"link down"}');
const OTHER_BODY = Buffer.from('{"hostname":"sw2","message":"link down"}');
const ANSWER = { status: 202, body: { status: "queued", id: "e1" } };
const DAY_MS = 24 * 3600 * 1000;

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

function setup() {
  const prefix = uniquePrefix("idempotency");
  const redis = shared.client();
  const idempotency = createIdempotency(redis, prefix);
  return { prefix, redis, idempotency, records: () => redis.keys(`${prefix}:*`) };
}

/** Claims a key that is free. */
async function hold(idempotency: Idempotency, key = "k", body = BODY): Promise<HeldKey> {
  const claim = await idempotency.claim("sender", key, body);
  if (claim.kind !== "first") throw new Error(`the key is not free: ${claim.kind}`);
  return claim.held;
}

describe("an idempotency key", () => {
  test("is taken by the first request, and in progress for the others", async () => {
    const { idempotency } = setup();
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => idempotency.claim("sender", "k", BODY)),
    );
    const kinds = claims.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(["first", ...Array(19).fill("in_progress")]);
  });

  test("gives the first answer again once it is kept", async () => {
    const { idempotency } = setup();
    await (await hold(idempotency)).keep(ANSWER);
    const repeat = { kind: "repeat", answer: ANSWER };
    expect(await idempotency.claim("sender", "k", BODY)).toEqual(repeat);
    expect(await idempotency.claim("sender", "k", BODY)).toEqual(repeat);
  });

  test("does not go with another body, answered or not", async () => {
    const { idempotency } = setup();
    const held = await hold(idempotency);
    expect(await idempotency.claim("sender", "k", OTHER_BODY)).toEqual({ kind: "other_body" });
    await held.keep(ANSWER);
    expect(await idempotency.claim("sender", "k", OTHER_BODY)).toEqual({ kind: "other_body" });
  });

  test("is another one for another API key", async () => {
    const { idempotency } = setup();
    await (await hold(idempotency)).keep(ANSWER);
    expect(await idempotency.claim("colleague", "k", OTHER_BODY)).toMatchObject({ kind: "first" });
    expect(await idempotency.claim("sender\nk", "", BODY)).toMatchObject({ kind: "first" });
  });

  test("can be taken again after it was freed, also with another body", async () => {
    const { idempotency, records } = setup();
    await (await hold(idempotency)).free();
    expect(await records()).toEqual([]);
    await hold(idempotency, "k", OTHER_BODY);
  });

  test("is in progress for 10 s at most, and its answer is kept for a day", async () => {
    const { idempotency, redis, records } = setup();
    const held = await hold(idempotency);
    const [record = ""] = await records();
    const inProgressMs = await redis.pttl(record);
    expect(inProgressMs).toBeGreaterThan(5000);
    expect(inProgressMs).toBeLessThanOrEqual(10_000);
    await held.keep(ANSWER);
    const keptMs = await redis.pttl(record);
    expect(keptMs).toBeGreaterThan(DAY_MS - 60_000);
    expect(keptMs).toBeLessThanOrEqual(DAY_MS);
  });

  test("stands in Redis neither as it was sent nor with the body", async () => {
    const { idempotency, redis, records } = setup();
    await hold(idempotency, "order-7-of-customer-9");
    const [record = ""] = await records();
    const stored = `${record} ${await redis.get(record)}`;
    expect(stored).not.toMatch(/order-7|link down|sender/);
  });
});

describe("a hold that is freed late", () => {
  test("leaves the hold of another request alone", async () => {
    const { idempotency, redis, records } = setup();
    const late = await hold(idempotency);
    const [record = ""] = await records();
    await redis.del(record);
    await hold(idempotency);
    await late.free();
    expect(await idempotency.claim("sender", "k", BODY)).toEqual({ kind: "in_progress" });
  });

  test("leaves an answer alone", async () => {
    const { idempotency } = setup();
    const held = await hold(idempotency);
    await held.keep(ANSWER);
    await held.free();
    expect(await idempotency.claim("sender", "k", BODY)).toMatchObject({ kind: "repeat" });
  });

  test("is freed for a claim that Redis answered too late for", async () => {
    const server = await startTestRedis();
    onTestFinished(() => server.stop());
    const client = server.client({ commandTimeout: 200 });
    const idempotency = createIdempotency(client, "late");
    await waitFor(() => client.ping(), { what: "it is connected" });
    server.freeze();
    await expect(idempotency.claim("sender", "k", BODY)).rejects.toThrow("timed out");
    server.thaw();
    // Well before a claim that nobody ends is over.
    await waitFor(() => hold(idempotency), { what: "the key is free again", timeoutMs: 6_000 });
  });
});
