import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { startTestRedis } from "./test-redis.ts";
import { waitFor } from "./wait-for.ts";

const LIMIT_MS = 60_000;

test("starts again after a crash with what it had, on the same port", {
  timeout: LIMIT_MS,
}, async () => {
  await using redis = await startTestRedis({ appendfsync: "everysec" });
  const client = redis.client();
  await client.set("k", "v");
  const pid = redis.pid();
  await redis.kill9();
  expect(() => redis.pid()).toThrow("start it first");
  const answer = client.get("k");
  await redis.start();
  expect(await answer).toBe("v");
  expect(redis.pid()).not.toBe(pid);
});

test("keeps nothing by default", { timeout: LIMIT_MS }, async () => {
  await using redis = await startTestRedis();
  const client = redis.client();
  await client.set("k", "v");
  await redis.kill9();
  await redis.start();
  expect(await client.get("k")).toBeNull();
});

test("a frozen one answers again after the thaw, and can be stopped", {
  timeout: LIMIT_MS,
}, async () => {
  const redis = await startTestRedis();
  const client = redis.client({ commandTimeout: 100 });
  await waitFor(() => client.ping(), { what: "it is connected" });
  redis.freeze();
  await expect(client.ping()).rejects.toThrow("timed out");
  redis.thaw();
  await expect.poll(() => client.ping()).toBe("PONG");
  redis.freeze();
  const pid = redis.pid();
  await redis.stop();
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});
