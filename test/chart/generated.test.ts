// What in the chart is made from elsewhere. `npx vitest run --project chart --update` brings it up to date.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SETTING_KEYS, SETTINGS, type SettingKey } from "@mutt/dynamic-config";
import { VERSION } from "@mutt/service";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { withFreshBlocks } from "../architecture/markdown.ts";
import { CHART, ROOT } from "./paths.ts";
import { valuesTable } from "./values-table.ts";

const read = (file: string): string => readFileSync(file, "utf8");

const JSON_TYPES = {
  integer: "integer",
  number: "number",
  boolean: "boolean",
  choice: "string",
  text: "string",
} as const;

/** The run-time settings as the schema of the values has them. */
function settingsSchema(): Record<string, object> {
  return Object.fromEntries(
    SETTING_KEYS.map((key: SettingKey) => {
      const { type, description, allowed } = SETTINGS[key];
      const text = `${description} (${allowed})`;
      return [key, { type: JSON_TYPES[type], description: text }];
    }),
  );
}

/** As the formatter writes it, or the check would undo what this test asks for. */
function formatJson(value: unknown): string {
  const args = ["format", "--stdin-file-path=values.schema.json"];
  return execFileSync(join(ROOT, "node_modules/.bin/biome"), args, {
    cwd: ROOT,
    input: JSON.stringify(value, null, 2),
    encoding: "utf8",
  });
}

test("the schema of the values knows every run-time setting", async () => {
  const schema = JSON.parse(read(`${CHART}/values.schema.json`)) as {
    properties: { settings: { properties: object } };
  };
  schema.properties.settings.properties = settingsSchema();
  await expect(formatJson(schema)).toMatchFileSnapshot(`${CHART}/values.schema.json`);
});

test("the table of values in the chart's README is up to date", async () => {
  const blocks = {
    values: valuesTable(read(`${CHART}/values.yaml`)),
    "values-valkey": valuesTable(read(`${CHART}/charts/valkey/values.yaml`)),
  };
  await expect(withFreshBlocks(read(`${CHART}/README.md`), blocks)).toMatchFileSnapshot(
    `${CHART}/README.md`,
  );
});

describe("the monitoring files in the chart are those of the documentation", () => {
  const rules = globSync(`${ROOT}docs/prometheus/*.yml`).map((file) => basename(file));

  test("rules", () => {
    expect(rules.length).toBeGreaterThan(0);
    const copies = globSync(`${CHART}/files/prometheus/*`).map((file) => basename(file));
    expect(copies.toSorted()).toEqual(rules.toSorted());
  });

  test.each(rules)("%s", async (file) => {
    await expect(read(`${ROOT}docs/prometheus/${file}`)).toMatchFileSnapshot(
      `${CHART}/files/prometheus/${file}`,
    );
  });

  test("the dashboard", async () => {
    await expect(read(`${ROOT}docs/grafana/mutt.json`)).toMatchFileSnapshot(
      `${CHART}/files/grafana/mutt.json`,
    );
  });
});

test("the chart is of the version that the apps say they are", () => {
  const chart = parse(read(`${CHART}/Chart.yaml`)) as { appVersion: string; version: string };
  expect(chart.appVersion).toBe(VERSION);
});

test("the chart depends on nothing that would have to be downloaded", () => {
  const chart = parse(read(`${CHART}/Chart.yaml`)) as {
    dependencies: { name: string; repository: string; version: string }[];
  };
  for (const { name, repository, version } of chart.dependencies) {
    expect(repository).toBe("");
    const own = parse(read(`${CHART}/charts/${name}/Chart.yaml`)) as { version: string };
    expect(own.version).toBe(version);
  }
});
