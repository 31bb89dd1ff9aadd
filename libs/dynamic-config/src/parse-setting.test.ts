import { describe, expect, test } from "vitest";
import { parseSettingKey, parseSettingValue } from "./parse-setting.ts";
import { SettingError } from "./setting-error.ts";
import { DEFAULT_SETTINGS, SETTING_KEYS, type SettingKey } from "./settings.ts";

describe("parseSettingValue", () => {
  test.each(SETTING_KEYS)("takes the default of %s as text and as it is", (key) => {
    const value = DEFAULT_SETTINGS[key];
    expect(parseSettingValue(key, String(value))).toBe(value);
    expect(parseSettingValue(key, value)).toBe(value);
  });

  test.each([
    ["moog_batch_max", "1", 1],
    ["moog_batch_max", 500, 500],
    ["moog_batch_max", " 20\n", 20],
    ["moog_rate_limit", "0", 0],
    ["slo_ingest_success_target", "0.9995", 0.9995],
    ["slo_burn_rate_critical", "14", 14],
    ["remediation_enabled", "0", false],
    ["remediation_enabled", "1", true],
    ["remediation_enabled", false, false],
    ["alerter_shed_mode", "defer", "defer"],
    ["unhandled_default_team", "Réseau 24/7", "Réseau 24/7"],
  ] as const)("reads %s from %j", (key, given, value) => {
    expect(parseSettingValue(key, given)).toBe(value);
  });

  test.each<[SettingKey, unknown, string]>([
    ["moog_batch_max", "0", "expected a whole number from 1 to 500, got 0; the default is 50"],
    ["moog_batch_max", 501, "got 501"],
    ["moog_batch_max", "1.5", "got 1.5"],
    ["moog_batch_max", "1e2", "got 1e2"],
    ["moog_batch_max", "+5", "got +5"],
    ["moog_batch_max", "007", "got 007"],
    ["moog_batch_max", "0x10", "got another text"],
    ["moog_batch_max", "", "got an empty text"],
    ["moog_batch_max", "fifty", "got another text"],
    ["moog_batch_max", null, "got nothing"],
    ["moog_batch_max", [1], "got a list"],
    ["moog_batch_max", { value: 1 }, "got an object"],
    ["moog_batch_max", true, "got a boolean"],
    ["moog_max_retries", 101, "from 0 to 100"],
    ["slo_ingest_success_target", 1, "expected a number above 0 and below 1, got 1"],
    ["slo_ingest_success_target", "0", "got 0"],
    ["slo_ingest_success_target", "99.5%", "got another text"],
    ["slo_burn_rate_warning", "0", "expected a number above 0 and up to 1000"],
    ["slo_burn_rate_warning", "NaN", "got another text"],
    ["remediation_enabled", "yes", "expected true, false, 1 or 0, got another text"],
    ["remediation_enabled", "TRUE", "got another text"],
    ["alerter_shed_mode", "drop", "expected dlq or defer, got another text"],
    ["unhandled_default_team", "a\u0000b", "expected 1 to 100 printable characters"],
    ["unhandled_default_team", "x".repeat(101), "expected 1 to 100 printable characters"],
  ])("refuses %s as %j", (key, given, message) => {
    const attempt = () => parseSettingValue(key, given);
    expect(attempt).toThrow(SettingError);
    expect(attempt).toThrow(`${key}: expected`);
    expect(attempt).toThrow(message);
  });

  test("does not repeat a text, which may be a secret in the wrong place", () => {
    expect(() => parseSettingValue("moog_batch_max", "hunter2")).not.toThrow("hunter2");
  });
});

describe("parseSettingKey", () => {
  test.each([
    ["moog_batch_maximum", undefined],
    ["moog_bach_max", "moog_batch_max"],
    ["MOOG_BATCH_MAX", "moog_batch_max"],
    ["remediation-enabled", "remediation_enabled"],
    ["__proto__", undefined],
    ["x".repeat(10_000), undefined],
  ])("refuses %s and suggests what is near", (given, nearest) => {
    const attempt = () => parseSettingKey(given);
    expect(attempt).toThrow(SettingError);
    expect(attempt).toThrow(nearest ? `did you mean ${nearest}?` : "there is no setting");
  });
});
