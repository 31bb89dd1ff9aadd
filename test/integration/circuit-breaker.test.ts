import { createCircuitBreaker } from "@mutt/circuit-breaker";
import { startTestRedis, type TestRedis, uniquePrefix, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  await redis.stop();
});

/** Two replicas of one breaker, and the key of its state. */
function setup() {
  const prefix = uniquePrefix("breaker");
  const create = () => createCircuitBreaker(redis.client(), { prefix, destination: "moog" });
  return { one: create(), two: create(), client: redis.client(), key: `${prefix}:breaker:moog` };
}

const OPENS_AT_THREE = { threshold: 3, timeoutMs: 60_000, reason: "HTTP 500" };
const OPENS_BRIEFLY = { threshold: 1, timeoutMs: 50, reason: "HTTP 500" };

test("it opens at the threshold of failures in a row, counted over all replicas", async () => {
  const { one, two } = setup();
  await one.failed("a", OPENS_AT_THREE);
  await two.failed("b", OPENS_AT_THREE);
  expect((await one.admit("c", 1000)).verdict).toBe("go");
  const opened = await one.failed("c", OPENS_AT_THREE);
  expect(opened).toMatchObject({ state: "open", transition: "open", reason: "HTTP 500" });
  const asked = await two.admit("d", 1000);
  expect(asked.verdict).toBe("wait");
  expect(asked.waitMs).toBeGreaterThan(50_000);
});

test("a success in between starts the count anew", async () => {
  const { one } = setup();
  await one.failed("a", OPENS_AT_THREE);
  await one.failed("b", OPENS_AT_THREE);
  await one.succeeded("c");
  await one.failed("d", OPENS_AT_THREE);
  expect((await one.failed("e", OPENS_AT_THREE)).state).toBe("closed");
});

test("of many replicas that ask at once when the time is over, one gets the probe", async () => {
  const { one, two } = setup();
  await one.failed("a", OPENS_BRIEFLY);
  await waitFor(async () => (await one.read()).waitMs === 0, { what: "the open time is over" });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).admit(`t${index}`, 5000)),
  );
  const verdicts = answers.map((answer) => answer.verdict).sort();
  expect(verdicts.filter((verdict) => verdict === "probe")).toHaveLength(1);
  expect(verdicts.filter((verdict) => verdict === "wait")).toHaveLength(19);
});

test("a probe that succeeds closes it, and a straggler's success does not", async () => {
  const { one } = setup();
  await one.failed("a", OPENS_BRIEFLY);
  await waitFor(async () => (await one.admit("probe", 5000)).verdict === "probe", {
    what: "a probe is admitted",
  });
  expect((await one.succeeded("straggler")).state).toBe("half_open");
  expect(await one.succeeded("probe")).toMatchObject({ state: "closed", transition: "closed" });
  expect((await one.admit("next", 1000)).verdict).toBe("go");
});

test("a probe that fails opens it again; a late failure does not prolong the open time", async () => {
  const { one, client, key } = setup();
  await one.failed("a", OPENS_BRIEFLY);
  await waitFor(async () => (await one.admit("probe", 5000)).verdict === "probe", {
    what: "a probe is admitted",
  });
  expect((await one.failed("probe", { ...OPENS_BRIEFLY, timeoutMs: 60_000 })).state).toBe("open");
  const until = await client.hget(key, "open_until");
  await one.failed("late", { ...OPENS_BRIEFLY, timeoutMs: 90_000 });
  expect(await client.hget(key, "open_until")).toBe(until);
});

test("a probe whose worker died is given up, and one that is released is free at once", async () => {
  const { one, two } = setup();
  await one.failed("a", OPENS_BRIEFLY);
  await waitFor(async () => (await one.admit("dead", 30)).verdict === "probe", {
    what: "a probe is admitted",
  });
  await waitFor(async () => (await two.admit("heir", 60_000)).verdict === "probe", {
    what: "another one takes over",
  });
  expect((await one.admit("next", 1000)).verdict).toBe("wait");
  await two.release("heir");
  expect((await one.admit("next", 1000)).verdict).toBe("probe");
});

test("a destination that is set up wrongly opens it at once, with the reason", async () => {
  const { one } = setup();
  const tripped = await one.trip("a", {
    timeoutMs: 60_000,
    reason: "destination_config: HTTP 401",
  });
  expect(tripped).toMatchObject({ state: "open", reason: "destination_config: HTTP 401" });
});

test("a pause keeps everybody waiting without opening it, and a shorter one does not shorten it", async () => {
  const { one, two } = setup();
  await one.pause("a", 60_000);
  await one.pause("b", 10);
  const asked = await two.admit("c", 1000);
  expect(asked).toMatchObject({ verdict: "wait", state: "closed" });
  expect(asked.waitMs).toBeGreaterThan(50_000);
});

test.each(["open_until", "failures", "since", "reason", "state"])(
  "losing the field %s while it is open never leaves it open for ever",
  async (field) => {
    const { one, client, key } = setup();
    await one.failed("a", { ...OPENS_BRIEFLY, timeoutMs: 200 });
    await client.hdel(key, field);
    await waitFor(async () => (await one.admit("b", 1000)).verdict !== "wait", {
      what: "a delivery is admitted again",
    });
  },
);

test("losing the whole key means closed, and a reset forgets everything", async () => {
  const { one, client, key } = setup();
  await one.failed("a", { ...OPENS_BRIEFLY, timeoutMs: 60_000 });
  await client.del(key);
  expect((await one.admit("b", 1000)).verdict).toBe("go");
  await one.failed("a", { ...OPENS_BRIEFLY, timeoutMs: 60_000 });
  await one.pause("a", 60_000);
  expect(await one.reset()).toMatchObject({ state: "closed", verdict: "go" });
});
