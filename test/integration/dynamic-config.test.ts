import {
  type DynamicConfig,
  listSettings,
  resetSetting,
  SettingError,
  type SettingsDeps,
  setSetting,
  startDynamicConfig,
} from "@mutt/dynamic-config";
import { startTestRedis, type TestRedis } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

/** Every process has a change in force within this time. */
/** Two seconds on a machine that has them; that it is one reading is shown with a clock in the tests of the lib. */
const IN_FORCE_MS = 8000;
const IN_FORCE = { timeout: IN_FORCE_MS, interval: 20 };
const FAIL_FAST = { enableOfflineQueue: false, commandTimeout: 1400, retryStrategy: () => 100 };

let shared: TestRedis;
let tests = 0;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

function setup(server = shared) {
  tests += 1;
  const prefix = `config-${tests}`;
  const redis = server.client();
  const recordAudit: SettingsDeps["recordAudit"] = (transaction, entry) => {
    transaction.rpush(`${prefix}:audit`, JSON.stringify(entry));
  };
  const audit = async () => {
    const entries = await redis.lrange(`${prefix}:audit`, 0, -1);
    return entries.map((entry) => JSON.parse(entry) as Record<string, unknown>);
  };
  const start = async (env = {}, options: object = FAIL_FAST): Promise<DynamicConfig> => {
    const log = () => {};
    const logger = { info: log, warn: log, error: log };
    const config = await startDynamicConfig({ redis: server.client(options), prefix, env, logger });
    onTestFinished(() => config[Symbol.asyncDispose]());
    return config;
  };
  const deps: SettingsDeps = { redis, prefix, env: {}, recordAudit };
  return { prefix, redis, deps, audit, start };
}

describe("a change through setSetting", () => {
  test("is in force in every process within two seconds, published and audited", async () => {
    const { prefix, deps, audit, start } = setup();
    const configs = [await start(), await start()];
    const notices: unknown[] = [];
    const subscriber = shared.client();
    await subscriber.subscribe(`${prefix}:config:updates`);
    subscriber.on("message", (_channel, message) => notices.push(message));

    const change = { key: "moog_batch_max", value: 7, actor: "ann", reason: "smaller requests" };
    expect(await setSetting(deps, change)).toEqual({ key: "moog_batch_max", old: 50, new: 7 });
    await vi.waitFor(() => {
      expect(configs.map((config) => config.get("moog_batch_max"))).toEqual([7, 7]);
    }, IN_FORCE);
    await vi.waitFor(() => expect(notices).toEqual(["moog_batch_max"]), IN_FORCE);
    expect(await audit()).toEqual([
      {
        actor: "ann",
        action: "config.set",
        target: "moog_batch_max",
        old: 50,
        new: 7,
        reason: "smaller requests",
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    ]);
  });

  test("goes back to the environment's value when it is reset", async () => {
    const { redis, deps, audit, start, prefix } = setup();
    const env = { MOOG_BATCH_MAX: "9" };
    const config = await start(env);
    await setSetting({ ...deps, env }, { key: "moog_batch_max", value: "7", actor: "ann" });
    await vi.waitFor(() => expect(config.get("moog_batch_max")).toBe(7), IN_FORCE);
    const made = await resetSetting({ ...deps, env }, { key: "moog_batch_max", actor: "ann" });
    expect(made).toEqual({ key: "moog_batch_max", old: 7, new: 9 });
    await vi.waitFor(() => expect(config.get("moog_batch_max")).toBe(9), IN_FORCE);
    expect(await redis.exists(`${prefix}:config:moog_batch_max`)).toBe(0);
    await resetSetting(deps, { key: "moog_batch_max", actor: "ann" });
    expect((await audit()).map((entry) => entry.action)).toEqual(["config.set", "config.reset"]);
  });

  test.each([
    ["moog_bach_max", "7", "did you mean moog_batch_max?"],
    ["moog_batch_max", "1e2", "expected a whole number from 1 to 500"],
    ["alerter_queue_warn_threshold", "2000", "must be below alerter_queue_shed_threshold (2000)"],
  ])("is refused for %s = %s and leaves nothing behind", async (key, value, message) => {
    const { redis, prefix, deps, audit } = setup();
    const attempt = setSetting(deps, { key, value, actor: "ann" });
    await expect(attempt).rejects.toThrow(SettingError);
    await expect(attempt).rejects.toThrow(message);
    expect(await redis.keys(`${prefix}:*`)).toEqual([]);
    expect(await audit()).toEqual([]);
  });

  test("is judged by what other changes of the same moment leave", async () => {
    const { deps } = setup();
    for (let round = 0; round < 10; round += 1) {
      const outcomes = await Promise.allSettled([
        setSetting(deps, { key: "alerter_queue_warn_threshold", value: 1900, actor: "ann" }),
        setSetting(deps, { key: "alerter_queue_shed_threshold", value: 1500, actor: "bob" }),
      ]);
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
      for (const key of ["alerter_queue_warn_threshold", "alerter_queue_shed_threshold"]) {
        await resetSetting(deps, { key, actor: "ann" });
      }
    }
  });

  test("is audited with the value that it really replaced", async () => {
    const { deps, audit } = setup();
    const values = [1, 2, 3, 4, 5, 6];
    await Promise.all(
      values.map((value) => setSetting(deps, { key: "moog_batch_max", value, actor: "ann" })),
    );
    const entries = await audit();
    expect(entries.map((entry) => entry.new).sort()).toEqual(values);
    expect(entries.map((entry) => entry.old)).toEqual([
      50,
      ...entries.map((e) => e.new).slice(0, -1),
    ]);
  });

  test("goes through a connection whose commands fail fast", async () => {
    const { deps } = setup();
    const redis = shared.client(FAIL_FAST);
    expect(
      await setSetting({ ...deps, redis }, { key: "moog_batch_max", value: 7, actor: "a" }),
    ).toMatchObject({
      new: 7,
    });
  });
});

describe("a value written by other means", () => {
  test("is in force within two seconds, without any notice", async () => {
    const { redis, prefix, start, deps } = setup();
    const config = await start();
    await redis.set(`${prefix}:config:slo_window_hours`, "24");
    await vi.waitFor(() => expect(config.get("slo_window_hours")).toBe(24), IN_FORCE);
    await redis.mset({
      [`${prefix}:config:slo_window_hours`]: "soon",
      [`${prefix}:config:moog_batch_max`]: "7",
    });
    await vi.waitFor(() => expect(config.get("moog_batch_max")).toBe(7), IN_FORCE);
    expect(config.get("slo_window_hours")).toBe(24);
    const row = (await listSettings(deps)).find(({ key }) => key === "slo_window_hours");
    expect(row).toMatchObject({ source: "default", problem: expect.stringContaining("expected") });
    await redis.del(`${prefix}:config:slo_window_hours`);
    await vi.waitFor(() => expect(config.get("slo_window_hours")).toBe(720), IN_FORCE);
  });

  test("is in force as soon as a process has started", async () => {
    const { redis, prefix, start } = setup();
    await redis.set(`${prefix}:config:moog_batch_max`, "7");
    expect((await start({ MOOG_BATCH_MAX: "9" })).get("moog_batch_max")).toBe(7);
  });
});

describe("while Redis is away", () => {
  const isSeven = (config: Pick<DynamicConfig, "get">) =>
    vi.waitFor(() => expect(config.get("moog_batch_max")).toBe(7), IN_FORCE);

  async function setupOwnServer() {
    const server = await startTestRedis({ appendfsync: "always" });
    onTestFinished(() => server.stop());
    return { server, ...setup(server) };
  }

  test("the last good values hold, and later ones are taken when it is back", async () => {
    const { server, redis, prefix, start } = await setupOwnServer();
    await redis.set(`${prefix}:config:moog_batch_max`, "7");
    const configs = [
      await start(),
      await start({}, { maxRetriesPerRequest: null, retryStrategy: () => 100 }),
    ];
    for (const config of configs) await isSeven(config);
    await server.kill9();
    const late = await start({ MOOG_BATCH_MAX: "9" });
    expect([...configs, late].map((config) => config.get("moog_batch_max"))).toEqual([7, 7, 9]);
    await server.start();
    await vi.waitFor(async () => redis.set(`${prefix}:config:moog_batch_max`, "8"), {
      timeout: 5000,
    });
    await vi.waitFor(() => {
      expect([...configs, late].map((config) => config.get("moog_batch_max"))).toEqual([8, 8, 8]);
    }, IN_FORCE);
  });

  test("a server that stands still holds nobody up", async () => {
    const { server, redis, prefix, start, deps } = await setupOwnServer();
    await redis.set(`${prefix}:config:moog_batch_max`, "7");
    const config = await start();
    await isSeven(config);
    server.freeze();
    try {
      const started = performance.now();
      const late = await start();
      expect(performance.now() - started).toBeLessThan(10_000);
      expect([config.get("moog_batch_max"), late.get("moog_batch_max")]).toEqual([7, 50]);
      await expect(
        setSetting(deps, { key: "moog_batch_max", value: 6, actor: "ann" }),
      ).rejects.toThrow();
    } finally {
      server.thaw();
    }
    await vi.waitFor(() => expect(config.get("moog_batch_max")).toBe(7), IN_FORCE);
  });
});
