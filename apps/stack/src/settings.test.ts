import { expect, test } from "vitest";
import { hasOwnRedis, maxmemoryOf, parseSettings, portsOf } from "./settings.ts";

test("has the documented ports and loopback by default", () => {
  const settings = parseSettings({});
  expect(settings.HOST).toBe("127.0.0.1");
  expect(portsOf(settings)).toEqual({
    ingestor: 8080,
    alerter: 8081,
    forwarder: 8082,
    remediation: 8083,
    admin: 8090,
    receiver: 8099,
  });
});

test("names every bad variable and no value", () => {
  const bad = { INGESTOR_PORT: "eighty", APPENDFSYNC: "sometimes", REDIS_MAXMEMORY: "lots" };
  expect(() => parseSettings(bad)).toThrow(/INGESTOR_PORT:.*\n?.*/);
  for (const [variable, value] of Object.entries(bad)) {
    expect(() => parseSettings(bad)).toThrow(variable);
    expect(() => parseSettings(bad)).not.toThrow(value);
  }
});

test("an empty variable counts as not set", () => {
  expect(parseSettings({ MOOG_WEBHOOK_URL: "" }).MOOG_WEBHOOK_URL).toBeUndefined();
});

test("needs no private Redis when the environment names one", () => {
  expect(hasOwnRedis(parseSettings({}))).toBe(false);
  expect(hasOwnRedis(parseSettings({ REDIS_URL: "redis://127.0.0.1" }))).toBe(true);
  expect(hasOwnRedis(parseSettings({ REDIS_SENTINELS: "127.0.0.1:26379" }))).toBe(true);
});

test("limits the private Redis to what was asked for, else to a share of the machine", () => {
  expect(maxmemoryOf(parseSettings({ REDIS_MAXMEMORY: "100mb" }))).toBe("100mb");
  const share = Number(/^(\d+)mb$/.exec(maxmemoryOf(parseSettings({})))?.[1]);
  expect(share).toBeGreaterThanOrEqual(256);
  expect(share).toBeLessThanOrEqual(4096);
});
