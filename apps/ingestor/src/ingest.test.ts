import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Admission } from "./admission.ts";
import type { IdempotencyClaim } from "./idempotency.ts";
import { type IngestDeps, ingest } from "./ingest.ts";
import { Refusal } from "./refusal.ts";

const GOOD = { hostname: "sw1", message: "link down" };
const BAD = { hostname: "sw1" };
const ADMITTED: Admission = { verdict: "admitted", depth: 3 };

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function setup(deps: Partial<IngestDeps> = {}) {
  const counted: Record<string, number> = {};
  const submitted: { ids: string[]; givenUp: AbortSignal }[] = [];
  const kept: unknown[] = [];
  const freed: string[] = [];
  const held = {
    keep: async (answer: unknown) => void kept.push(answer),
    free: async () => void freed.push("key"),
  };
  const all: IngestDeps = {
    identify: () => "sender",
    isRedisReady: () => true,
    memory: { isFull: () => false, refuses: () => false },
    overload: { waitFor: () => undefined },
    intake: {
      submit: async (events, givenUp) => {
        submitted.push({ ids: events.map(({ event }) => event.id), givenUp });
        return ADMITTED;
      },
    },
    idempotency: { claim: async () => ({ kind: "first", held }) },
    metrics: {
      requestAccepted: () => {},
      requestRefused: () => {},
      events: (outcome, count) => {
        counted[outcome] = (counted[outcome] ?? 0) + count;
      },
      rateLimiterFailed: () => {},
    },
    ...deps,
  };
  const send = (body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const request = Object.assign(Readable.from([Buffer.from(text)]), {
      headers: { "content-type": "application/json", ...headers },
    }) as unknown as IncomingMessage;
    return ingest(all, request, { correlationId: "call-7" });
  };
  /** What a refused request is answered with. */
  const refusalOf = async (answer: Promise<unknown>): Promise<Refusal> => {
    const refusal = await answer.catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    return refusal as Refusal;
  };
  return { send, refusalOf, counted, submitted, kept, freed };
}

describe("a request that is accepted", () => {
  test("is answered for one event with its id", async () => {
    const { send, submitted, counted } = setup();
    expect(await send(GOOD)).toEqual({
      status: 202,
      body: {
        status: "queued",
        id: submitted[0]?.ids[0],
        correlation_id: "call-7",
        queue_depth: 3,
      },
    });
    expect(counted).toEqual({ accepted: 1, rejected: 0 });
  });

  test("is answered for a list with a result for each event", async () => {
    const { send, submitted, counted } = setup();
    const { body } = await send([BAD, GOOD]);
    expect(body).toEqual({
      status: "queued",
      accepted: 1,
      rejected: 1,
      results: [
        { index: 0, status: "rejected", error: expect.objectContaining({ field: "message" }) },
        { index: 1, status: "queued", id: submitted[0]?.ids[0] },
      ],
      queue_depth: 3,
    });
    expect(counted).toEqual({ accepted: 1, rejected: 1 });
  });
});

describe("a request with nothing acceptable", () => {
  test("is refused with the field and the reason, once", async () => {
    const { send, refusalOf, submitted } = setup();
    const refusal = await refusalOf(send(BAD));
    expect(refusal).toMatchObject({ status: 400, extensions: { field: "message" } });
    expect(refusal.message).toMatch(/^message is missing; send text/);
    expect(submitted).toEqual([]);
  });

  test("is refused with all results when it is a list", async () => {
    const { send, refusalOf, counted } = setup();
    const { extensions } = await refusalOf(send([BAD, 7]));
    expect(extensions).toMatchObject({
      field: "message",
      results: [
        { index: 0, status: "rejected" },
        { index: 1, status: "rejected", error: { field: "event" } },
      ],
    });
    expect(counted).toEqual({ rejected: 2 });
  });
});

describe("a request that has to come back", () => {
  test.each([
    [{ verdict: "rate_limited", waitMs: 2500 }, 429, "rate_limited", "3", {}],
    [{ verdict: "full", depth: 9 }, 503, "queue_full", "5", { queue_depth: 9 }],
  ] as const)("is told when, for %j", async (admission, status, reason, seconds, extensions) => {
    const { send, refusalOf, counted } = setup({ intake: { submit: async () => admission } });
    const refusal = await refusalOf(send([GOOD, BAD]));
    expect(refusal).toMatchObject({ status, reason, extensions });
    expect(refusal.headers).toEqual({ "Retry-After": seconds });
    expect(counted).toEqual({ refused: 1, rejected: 1 });
  });

  test("is refused with a wait when the alerter would only put it off, and counted", async () => {
    const severities: number[][] = [];
    const { send, refusalOf, submitted, counted, freed } = setup({
      overload: {
        waitFor: (events) => {
          severities.push(events.map(({ severity }) => severity));
          return 7300;
        },
      },
    });
    const list = [{ ...GOOD, severity: "info" }, { ...GOOD, severity: 3 }, BAD];
    const refusal = await refusalOf(send(list, { "idempotency-key": "k1" }));
    expect(refusal).toMatchObject({ status: 429, reason: "shedding" });
    expect(refusal.headers["Retry-After"]).toBe("8");
    expect(severities).toEqual([[6, 3]]);
    expect(submitted).toEqual([]);
    expect(counted).toMatchObject({ refused: 2 });
    expect(freed).toEqual(["key"]);
  });

  test("is refused when the memory of Redis is nearly used up", async () => {
    const refuses = setup({ memory: { isFull: () => false, refuses: () => true } });
    const full = setup({ memory: { isFull: () => true, refuses: () => false } });
    for (const { send, refusalOf, submitted } of [refuses, full]) {
      expect(await refusalOf(send(GOOD))).toMatchObject({ status: 503, reason: "redis_memory" });
      expect(submitted).toEqual([]);
    }
  });

  test("is refused at once while Redis is known to be away", async () => {
    const { send, refusalOf, submitted } = setup({ isRedisReady: () => false });
    const refusal = await refusalOf(send(GOOD));
    expect(refusal).toMatchObject({ status: 503, reason: "redis_unavailable" });
    expect(refusal.headers).toEqual({ "Retry-After": "5" });
    expect(submitted).toEqual([]);
  });

  test("is refused when the add fails, and frees its key", async () => {
    const failed = { submit: () => Promise.reject(new Error("broken connection")) };
    const { send, refusalOf, freed, kept } = setup({ intake: failed });
    const refusal = await refusalOf(send(GOOD, { "idempotency-key": "k" }));
    expect(refusal).toMatchObject({ status: 503, cause: { message: "broken connection" } });
    expect({ freed, kept }).toEqual({ freed: ["key"], kept: [] });
  });

  test("is answered before 2 s are over although nothing has moved, and is given up", async () => {
    let givenUp: AbortSignal | undefined;
    const silent = {
      submit: (_: unknown, signal: AbortSignal) => {
        givenUp = signal;
        return new Promise<never>(() => {});
      },
    };
    const { send, refusalOf } = setup({ intake: silent });
    const answer = refusalOf(send(GOOD));
    await vi.waitFor(() => expect(givenUp).toBeDefined());
    expect(givenUp?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1800);
    expect(await answer).toMatchObject({ status: 503, reason: "redis_unavailable" });
    expect(givenUp?.aborted).toBe(true);
  });
});

describe("a request with an idempotency key", () => {
  const claiming = (claim: IdempotencyClaim) => ({ idempotency: { claim: async () => claim } });
  const withKey = { "idempotency-key": "k" };

  test("has its answer kept", async () => {
    const { send, kept, freed } = setup();
    const answer = await send(GOOD, withKey);
    expect(kept).toEqual([answer]);
    expect(freed).toEqual([]);
  });

  test("gives its events the same ids whenever it is sent", async () => {
    const { send, submitted } = setup();
    await send([GOOD, GOOD], withKey);
    await send([GOOD, GOOD], withKey);
    await send([GOOD, GOOD], { "idempotency-key": "other" });
    const [first, second, other] = submitted.map(({ ids }) => ids);
    expect(second).toEqual(first);
    expect(new Set([...(first ?? []), ...(other ?? [])]).size).toBe(4);
  });

  test("gets the first answer again when it is repeated", async () => {
    const answer = { status: 202, body: { status: "queued" } };
    const { send, submitted } = setup(claiming({ kind: "repeat", answer }));
    expect(await send(GOOD, withKey)).toEqual(answer);
    expect(submitted).toEqual([]);
  });

  test.each([
    [{ kind: "other_body" }, 422, "idempotency_mismatch", {}],
    [{ kind: "in_progress" }, 409, "conflict", { "Retry-After": "1" }],
  ] as const)("is refused for %j", async (claim, status, reason, headers) => {
    const { send, refusalOf, submitted, freed } = setup(claiming(claim));
    expect(await refusalOf(send(GOOD, withKey))).toMatchObject({ status, reason, headers });
    expect(submitted).toEqual([]);
    expect(freed).toEqual([]);
  });

  test("is refused when the key cannot be claimed", async () => {
    const broken = { claim: () => Promise.reject(new Error("timed out")) };
    const { send, refusalOf, submitted } = setup({ idempotency: broken });
    expect(await refusalOf(send(GOOD, withKey))).toMatchObject({ status: 503 });
    expect(submitted).toEqual([]);
  });

  test("frees its key when its body is refused", async () => {
    const { send, refusalOf, freed } = setup();
    expect(await refusalOf(send("{", withKey))).toMatchObject({ status: 400 });
    expect(freed).toEqual(["key"]);
  });
});

describe("a request that is not read", () => {
  test("is refused for its key before anything else", async () => {
    const { send, refusalOf } = setup({ identify: () => undefined });
    expect(await refusalOf(send(GOOD, { "content-type": "text/plain" }))).toMatchObject({
      status: 401,
      reason: "unauthorized",
      headers: { "WWW-Authenticate": "Bearer" },
    });
  });

  test("is refused for its content type", async () => {
    const { send, refusalOf } = setup();
    expect(await refusalOf(send(GOOD, { "content-type": "text/plain" }))).toMatchObject({
      status: 415,
      reason: "unsupported_media_type",
    });
  });

  test("is refused for its size", async () => {
    const { send, refusalOf } = setup();
    const refusal = await refusalOf(send("x".repeat(5 * 1024 * 1024 + 1)));
    expect(refusal).toMatchObject({ status: 413, reason: "too_large" });
  });
});
