import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SETTING_KEYS, type SettingKey } from "./settings.ts";
import { startDynamicConfig } from "./start-dynamic-config.ts";

/** A Redis of one command: answers from `stored`, or as `mode` says. */
function createFakeRedis() {
  const stored: Record<string, string> = {};
  const fake = {
    stored,
    mode: "up" as "up" | "down" | "silent",
    reads: 0,
    async mget(...keys: string[]) {
      fake.reads += 1;
      if (fake.mode === "down") throw new Error("connection refused");
      if (fake.mode === "silent") await new Promise(() => {});
      return keys.map((key) => stored[key] ?? null);
    },
  };
  return fake;
}

async function setup(options: { mode?: "down" | "silent"; env?: Record<string, string> } = {}) {
  const redis = createFakeRedis();
  if (options.mode) redis.mode = options.mode;
  const log: string[] = [];
  const write = (message: string) => void log.push(message);
  const invalid: SettingKey[] = [];
  const starting = startDynamicConfig({
    redis,
    prefix: "t",
    env: options.env ?? {},
    logger: { info: write, warn: write, error: write },
    onInvalid: (key) => void invalid.push(key),
  });
  await vi.advanceTimersByTimeAsync(4000);
  return { redis, config: await starting, log, invalid };
}

const tick = () => vi.advanceTimersByTimeAsync(1000);

describe("startDynamicConfig", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("has a value in force within one reading, whatever wrote it", async () => {
    const { redis, config } = await setup();
    const before = config.snapshot();
    redis.stored["t:config:moog_batch_max"] = "7";
    expect(config.get("moog_batch_max")).toBe(50);
    await tick();
    expect(config.get("moog_batch_max")).toBe(7);
    expect(before.moog_batch_max).toBe(50);
    delete redis.stored["t:config:moog_batch_max"];
    await tick();
    expect(config.get("moog_batch_max")).toBe(50);
  });

  test("tells listeners which settings changed, until they leave", async () => {
    const { redis, config } = await setup();
    const heard: unknown[] = [];
    config.onChange(() => {
      throw new Error("a bad listener");
    });
    const leave = config.onChange((changed, settings) =>
      heard.push([changed, settings.moog_batch_max]),
    );
    redis.stored["t:config:moog_batch_max"] = "7";
    await tick();
    await tick();
    leave();
    redis.stored["t:config:moog_batch_max"] = "8";
    await tick();
    expect(heard).toEqual([[["moog_batch_max"], 7]]);
    expect(config.get("moog_batch_max")).toBe(8);
  });

  test("keeps the last good value of a text that cannot be used, and reports each text once", async () => {
    const { redis, config, invalid, log } = await setup();
    redis.stored["t:config:moog_batch_max"] = "7";
    await tick();
    redis.stored["t:config:moog_batch_max"] = "seven";
    await tick();
    await tick();
    expect(config.get("moog_batch_max")).toBe(7);
    expect(invalid).toEqual(["moog_batch_max"]);
    redis.stored["t:config:moog_batch_max"] = "eight";
    await tick();
    expect(invalid).toHaveLength(2);
    expect(log.filter((message) => message.startsWith("stored setting"))).toHaveLength(2);
  });

  test.each(["down", "silent"] as const)(
    "keeps the last good values while Redis is %s, and logs the outage once",
    async (mode) => {
      const { redis, config, log } = await setup();
      redis.stored["t:config:moog_batch_max"] = "7";
      await tick();
      log.length = 0;
      redis.mode = mode;
      for (let second = 0; second < 10; second += 1) await tick();
      expect(config.get("moog_batch_max")).toBe(7);
      expect(log).toEqual(["settings cannot be read, the last good values stay in force"]);
    },
  );

  test("says when an outage is over", async () => {
    const { redis, config, log } = await setup({ mode: "down", env: { MOOG_BATCH_MAX: "9" } });
    expect(config.get("moog_batch_max")).toBe(9);
    expect(log).toHaveLength(1);
    redis.mode = "up";
    redis.stored["t:config:moog_batch_max"] = "7";
    await tick();
    expect(config.get("moog_batch_max")).toBe(7);
    expect(log).toContain("settings can be read again");
  });

  test("never has two readings under way", async () => {
    const { redis } = await setup({ mode: "silent" });
    for (let second = 0; second < 5; second += 1) await tick();
    expect(redis.reads).toBe(1);
  });

  test("reads all settings at once and no more after the end", async () => {
    const { redis, config } = await setup();
    await config[Symbol.asyncDispose]();
    const { reads } = redis;
    await tick();
    expect(redis.reads).toBe(reads);
    expect(SETTING_KEYS).toHaveLength(39);
  });

  test("refuses to start on an environment that cannot be used", async () => {
    const attempt = startDynamicConfig({
      redis: createFakeRedis(),
      prefix: "t",
      env: { MOOG_BATCH_MAX: "0" },
      logger: { info() {}, warn() {}, error() {} },
    });
    await expect(attempt).rejects.toThrow("MOOG_BATCH_MAX: expected a whole number from 1 to 500");
  });
});
