import { describe, expect, test } from "vitest";
import { baseSettings, resolveSettings } from "./resolve-settings.ts";
import { DEFAULT_SETTINGS, SETTING_KEYS, type SettingKey } from "./settings.ts";

const texts = (stored: Partial<Record<SettingKey, string>>) =>
  SETTING_KEYS.map((key) => stored[key] ?? null);

describe("baseSettings", () => {
  test("takes the environment's value before the default, and an empty one for none", () => {
    const base = baseSettings({ MOOG_BATCH_MAX: "10", MOOG_MAX_RETRIES: "", moog_rate_limit: "1" });
    expect(base.settings).toEqual({ ...DEFAULT_SETTINGS, moog_batch_max: 10 });
    expect([...base.given]).toEqual(["moog_batch_max"]);
  });

  test("names every variable that cannot be used, a line each", () => {
    const env = {
      MOOG_BATCH_MAX: "many",
      REMEDIATION_ENABLED: "on",
      ALERTER_QUEUE_WARN_THRESHOLD: "1000",
      ALERTER_QUEUE_SHED_THRESHOLD: "500",
    };
    expect(() => baseSettings(env)).toThrow(
      new Error(
        [
          "REMEDIATION_ENABLED: expected true, false, 1 or 0, got another text; the default is true",
          "MOOG_BATCH_MAX: expected a whole number from 1 to 500, got another text; the default is 50",
          "ALERTER_QUEUE_WARN_THRESHOLD and ALERTER_QUEUE_SHED_THRESHOLD: " +
            "alerter_queue_warn_threshold (1000) must be below alerter_queue_shed_threshold (500): " +
            "lower alerter_queue_warn_threshold or raise alerter_queue_shed_threshold first",
        ].join("\n"),
      ),
    );
  });
});

test("a warn threshold that nobody set follows a low shed threshold", () => {
  const env = { ALERTER_QUEUE_SHED_THRESHOLD: "500" };
  expect(baseSettings(env).settings.alerter_queue_warn_threshold).toBe(250);
  const stored = resolveSettings(texts({ alerter_queue_shed_threshold: "301" }), baseSettings({}));
  expect(stored.settings.alerter_queue_warn_threshold).toBe(150);
  expect(stored.problems.size).toBe(0);
  const given = baseSettings({ ALERTER_QUEUE_WARN_THRESHOLD: "400" });
  expect(resolveSettings(texts({ alerter_queue_shed_threshold: "301" }), given).problems.size).toBe(
    1,
  );
});

describe("resolveSettings", () => {
  const base = baseSettings({ MOOG_BATCH_MAX: "10", MOOG_MAX_RETRIES: "7" });

  test("takes Redis before the environment before the default", () => {
    const { settings, stored } = resolveSettings(texts({ moog_batch_max: "20" }), base);
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, moog_batch_max: 20, moog_max_retries: 7 });
    expect([...stored]).toEqual(["moog_batch_max"]);
  });

  test("keeps the last good value where the text cannot be used", () => {
    const last = { ...base.settings, moog_batch_max: 33 };
    const resolved = resolveSettings(texts({ moog_batch_max: "many" }), base, last);
    expect(resolved.settings.moog_batch_max).toBe(33);
    expect(resolved.problems.get("moog_batch_max")).toContain("expected a whole number");
    expect(resolved.stored.size).toBe(0);
  });

  test.each<[Partial<Record<SettingKey, string>>, boolean]>([
    [{ alerter_queue_warn_threshold: "2000" }, false],
    [{ alerter_queue_warn_threshold: "1999" }, true],
    [{ alerter_queue_warn_threshold: "7", alerter_queue_shed_threshold: "7" }, false],
    [{ alerter_queue_warn_threshold: "5", alerter_queue_shed_threshold: "6" }, true],
  ])("judges the pair that %j makes", (stored, good) => {
    const { settings, problems } = resolveSettings(texts(stored), base);
    const expected = good
      ? Object.fromEntries(Object.entries(stored).map(([key, text]) => [key, Number(text)]))
      : {};
    expect(settings).toEqual({ ...base.settings, ...expected });
    expect([...problems.keys()]).toEqual(good ? [] : Object.keys(stored));
  });

  test("keeps both of a pair at the last good values, and everything else new", () => {
    const last = {
      ...base.settings,
      alerter_queue_warn_threshold: 5,
      alerter_queue_shed_threshold: 9,
    };
    const stored = {
      alerter_queue_warn_threshold: "7",
      alerter_queue_shed_threshold: "6",
      moog_batch_max: "2",
    };
    expect(resolveSettings(texts(stored), base, last).settings).toEqual({
      ...last,
      moog_batch_max: 2,
    });
  });
});
