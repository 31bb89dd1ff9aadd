import { expect, test } from "vitest";
import { listSettings } from "./list-settings.ts";
import { SETTING_KEYS } from "./settings.ts";
import { settingsTable } from "./settings-table.ts";

test("every setting is listed with its value and where that comes from", async () => {
  const stored: Record<string, string> = {
    "t:config:moog_batch_max": "7",
    "t:config:moog_rate_limit": "lots",
  };
  const redis = { mget: async (...keys: string[]) => keys.map((key) => stored[key] ?? null) };
  const rows = await listSettings({ redis, prefix: "t", env: { MOOG_MAX_RETRIES: "2" } });
  expect(rows.map((row) => row.key)).toEqual(SETTING_KEYS);
  const row = (key: string) => rows.find((candidate) => candidate.key === key);
  expect(row("moog_batch_max")).toEqual({
    key: "moog_batch_max",
    value: 7,
    default: 50,
    source: "redis",
    type: "integer",
    allowed: "a whole number from 1 to 500",
    unit: "alerts",
    description: "Alerts of one delivery at most",
  });
  expect(row("moog_max_retries")).toMatchObject({ value: 2, source: "environment" });
  expect(row("moog_rate_limit")).toMatchObject({
    value: 50,
    source: "default",
    problem: expect.stringContaining("expected a whole number"),
  });
});

test("the table for the documentation has a row of five columns for every setting", () => {
  const lines = settingsTable().trimEnd().split("\n");
  expect(lines).toHaveLength(SETTING_KEYS.length + 2);
  for (const line of lines) expect(line.split(" | ")).toHaveLength(5);
  expect(lines).toContain(
    "| `remediation_enabled` | `true` |  | true, false, 1 or 0 | Whether dead letters are replayed without an operator |",
  );
});
