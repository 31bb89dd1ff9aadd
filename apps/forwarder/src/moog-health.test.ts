import type { MoogHealth } from "@mutt/pipeline-state";
import { expect, test } from "vitest";
import { checkMoogHealth } from "./moog-health.ts";
import { isSameEndpoint } from "./moog-health-url.ts";
import type { SendOutcome } from "./verdict.ts";

const OK: SendOutcome = { kind: "response", status: 200, excerpt: "" };

/** A check whose probe ends in the given way; it keeps all it did. */
function bench(outcome: SendOutcome, known?: MoogHealth) {
  const sent: string[] = [];
  const published: MoogHealth[] = [];
  const shown: number[] = [];
  return {
    sent,
    published,
    shown,
    sender: {
      send: async (body: string) => {
        sent.push(body);
        return outcome;
      },
    },
    read: async () => known,
    publish: async (health: MoogHealth) => void published.push(health),
    metrics: { moogAnswered: (atSeconds: number) => void shown.push(atSeconds) },
  };
}

test("a probe that is answered with 2xx is published as healthy, with the time of it", async () => {
  const check = bench(OK);
  const before = Date.now();
  const health = await checkMoogHealth(check, before);
  expect(health).toMatchObject({ isHealthy: true });
  expect(health?.lastOkAt).toBeGreaterThanOrEqual(before);
  expect(health?.lastOkAt).toBe(health?.at);
  expect(check.published).toEqual([health]);
  expect(check.shown).toEqual([(health?.lastOkAt ?? 0) / 1000]);
  expect(check.sent).toEqual(['{"probe":"mutt"}']);
});

test.each<[string, SendOutcome, string]>([
  ["500", { kind: "response", status: 500, excerpt: "" }, "HTTP 500"],
  ["401", { kind: "response", status: 401, excerpt: "" }, "HTTP 401"],
  ["429", { kind: "response", status: 429, excerpt: "", retryAfter: "3" }, "HTTP 429"],
  ["a redirect", { kind: "response", status: 302, excerpt: "" }, "HTTP 302"],
  ["no connection", { kind: "error", code: "ECONNREFUSED", message: "no" }, "ECONNREFUSED"],
  ["no answer", { kind: "error", code: "TimeoutError", message: "no" }, "TimeoutError"],
])(
  "%s is published as unhealthy, with the reason and the last good answer",
  async (_, outcome, reason) => {
    const check = bench(outcome, { isHealthy: true, at: 5000, lastOkAt: 5000 });
    await checkMoogHealth(check, 20_000);
    expect(check.published).toEqual([
      {
        isHealthy: false,
        at: expect.any(Number),
        lastOkAt: 5000,
        error: expect.stringContaining(reason),
      },
    ]);
    expect(check.shown).toEqual([5]);
  },
);

test("what another replica has just found is taken over, without a probe of one's own", async () => {
  const known = { isHealthy: false, at: 19_000, lastOkAt: 9000, error: "HTTP 500" };
  const check = bench(OK, known);
  expect(await checkMoogHealth(check, 20_000)).toEqual(known);
  expect(check).toMatchObject({ sent: [], published: [], shown: [9] });
});

test("a result of one's own last round does not stand in for the next probe", async () => {
  const check = bench(OK, { isHealthy: true, at: 10_000, lastOkAt: 10_000 });
  await checkMoogHealth(check, 20_000);
  expect(check.sent).toHaveLength(1);
});

test("a probe that is broken off by the end of the process says nothing", async () => {
  const check = bench({ kind: "aborted" });
  expect(await checkMoogHealth(check, 20_000)).toBeUndefined();
  expect(check).toMatchObject({ published: [], shown: [] });
});

test.each([
  ["http://moog/webhook", "http://moog/webhook", true],
  ["http://moog/webhook", "http://moog/webhook/", true],
  ["http://moog/webhook", "HTTP://MOOG:80/webhook?probe=1#x", true],
  ["http://moog/webhook", "http://moog/health", false],
  ["http://moog/webhook", "https://moog/webhook", false],
  ["http://moog:81/webhook", "http://moog/webhook", false],
])("%s and %s are the same endpoint: %s", (one, other, isSame) => {
  expect(isSameEndpoint(one, other)).toBe(isSame);
});
