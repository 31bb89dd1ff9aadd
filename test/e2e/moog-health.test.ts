// The health of the incident platform: who probes it, how, and who hears of it.
import { readMoogHealth } from "@mutt/pipeline-state";
import { type Pipeline, spawnApp, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({ testName: "moog-health", apps: ["forwarder"] });
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

const health = () => readMoogHealth(pipeline.redis.client(), pipeline.prefix);
const lastOk = () => pipeline.app("forwarder").metric("mutt_moog_health_last_ok_timestamp");

test("the forwarder probes the test endpoint, not the webhook, and publishes the result", async () => {
  await waitFor(async () => (await health()) !== undefined, { what: "a result is published" });
  expect(await health()).toMatchObject({ isHealthy: true });
  expect(pipeline.receiver.stats()).toMatchObject({ requests: 0, alerts: 0 });
  expect(pipeline.receiver.stats().healthProbes).toBeGreaterThan(0);
  expect(Math.abs((await lastOk()) - Date.now() / 1000)).toBeLessThan(60);
});

test("a second forwarder takes over what the first has found instead of probing too", async () => {
  const probesBefore = pipeline.receiver.stats().healthProbes;
  const first = await health();
  // Two rounds of the first one lie in this time, and two of the second.
  await using second = await pipeline.spawn("forwarder");
  await waitFor(async () => ((await health())?.at ?? 0) >= (first?.at ?? 0) + 19_000, {
    what: "two more rounds are over",
    timeoutMs: 40_000,
  });
  expect(pipeline.receiver.stats().healthProbes - probesBefore).toBeLessThanOrEqual(3);
  expect(await second.metric("mutt_moog_health_last_ok_timestamp")).toBeGreaterThan(0);
});

test("a platform that fails is published as unhealthy, with the reason and without the key", async () => {
  pipeline.receiver.setMode({ mode: "error", status: 503 });
  await waitFor(async () => (await health())?.isHealthy === false, {
    what: "the failure is published",
    timeoutMs: 30_000,
  });
  const bad = await health();
  expect(bad?.error).toContain("HTTP 503");
  expect(bad?.lastOkAt).toBeLessThan(bad?.at ?? 0);
  expect(JSON.stringify(bad)).not.toContain(TEST_KEYS.moog);
  pipeline.receiver.setMode({ mode: "ok" });
  await waitFor(async () => (await health())?.isHealthy === true, {
    what: "the recovery is published",
    timeoutMs: 30_000,
  });
});

test("a forwarder whose test endpoint is the webhook itself does not start, and says why", async () => {
  await using app = await spawnApp("forwarder", {
    env: {
      REDIS_URL: pipeline.redis.url,
      QUEUE_PREFIX: pipeline.prefix,
      MOOG_API_KEY: TEST_KEYS.moog,
      MOOG_WEBHOOK_URL: `${pipeline.receiver.url}/webhook`,
      MOOG_HEALTH_URL: `${pipeline.receiver.url}/webhook/?probe=1`,
    },
  });
  await app.exited;
  expect(app.logs()).toContain("MOOG_HEALTH_URL: expected another endpoint than MOOG_WEBHOOK_URL");
});
