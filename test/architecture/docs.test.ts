// The documentation against the code, in both directions. What is a table of the code is written by these tests:
// `npx vitest run --project architecture --update` brings every block and .env.template up to date.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SETTING_KEYS, settingsTable } from "@mutt/dynamic-config";
import { describe, expect, test } from "vitest";
import { USAGE } from "../../apps/cli/src/usage.ts";
import { SEND_REASONS } from "../../apps/forwarder/src/verdict.ts";
import { REFUSAL_REASONS } from "../../apps/ingestor/src/refusal.ts";
import { environmentTable, envTemplate, VARIABLE_NAMES } from "./environment.ts";
import { layerTable } from "./layer-table.ts";
import { allowedLicencesTable, licencesTable } from "./licences.ts";
import {
  anchors,
  blockNames,
  firstColumn,
  linkTargets,
  padTable,
  withFreshBlocks,
} from "./markdown.ts";
import { metricNamesInSources, metricsTable, readMetrics } from "./metrics.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...globSync("docs/**/*.md", { cwd: ROOT }),
];
/** Written by hand in full, so that whatever they name has to exist. */
const OWN_PAGES = PAGES.filter((page) => page !== "docs/BENCHMARKS.md");

const METRICS = await readMetrics();
const BLOCKS: Readonly<Record<string, string>> = {
  environment: environmentTable(),
  settings: padTable(settingsTable()),
  "settings-without-effect": settingsWithoutEffect(),
  metrics: metricsTable(METRICS),
  layers: layerTable(ROOT),
  "allowed-licences": allowedLicencesTable(),
  licences: licencesTable(),
  usage: `\`\`\`text\n${USAGE}\n\`\`\``,
};

function read(file: string): string {
  return readFileSync(ROOT + file, "utf8");
}

/** The settings that no process asks for by name. */
function settingsWithoutEffect(): string {
  const sources = globSync("apps/*/src/**/*.ts", { cwd: ROOT })
    .filter((file) => !file.endsWith(".test.ts"))
    .map(read)
    .join("\n");
  const idle = SETTING_KEYS.filter((key) => !sources.includes(`get("${key}")`));
  return idle.map((key) => `- \`${key}\``).join("\n") || "None: every setting is in use.";
}

describe(".env.template", () => {
  test("is what the schemas of all processes say", async () => {
    await expect(envTemplate()).toMatchFileSnapshot("../../.env.template");
  });

  test("names every variable and every run-time setting, each once, and nothing else", () => {
    const lines = read(".env.template").matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm);
    const named = [...lines].map((match) => match[1]);
    expect(named.toSorted()).toEqual(VARIABLE_NAMES.toSorted());
  });

  test("leaves out nothing that a source asks the environment for", () => {
    const sources = globSync("{apps,libs}/*/src/**/*.ts", { cwd: ROOT }).filter(
      (file) => !file.endsWith(".test.ts"),
    );
    const asked = sources.flatMap((file) => [
      ...read(file).matchAll(/(?<![\w.])(?:process\.)?env\.([A-Z][A-Z0-9_]+)/g),
    ]);
    const unknown = asked
      .map((match) => match[1] ?? "")
      .filter((name) => !VARIABLE_NAMES.includes(name));
    expect(unknown).toEqual([]);
    expect(asked.length).toBeGreaterThan(10);
  });
});

describe("the tables", () => {
  test.each(OWN_PAGES)("of %s are up to date", async (page) => {
    await expect(withFreshBlocks(read(page), BLOCKS)).toMatchFileSnapshot(`../../${page}`);
  });

  test("all stand somewhere", () => {
    const used = new Set(OWN_PAGES.flatMap((page) => blockNames(read(page))));
    expect([...used].toSorted()).toEqual(Object.keys(BLOCKS).toSorted());
  });

  test("hold every metric that the sources name", () => {
    expect(METRICS.map(({ name }) => name).toSorted()).toEqual(metricNamesInSources().toSorted());
  });

  test.each([
    ["reason of mutt_ingest_requests_total", REFUSAL_REASONS],
    ["reason of mutt_moog_requests_total", SEND_REASONS],
  ])("explain each %s", (heading, reasons) => {
    expect(firstColumn(read("docs/metrics.md"), heading)).toEqual(["ok", ...reasons]);
  });
});

describe("metrics, settings and variables that pages for operators name", () => {
  test.each(OWN_PAGES.filter((page) => page !== "CONTRIBUTING.md"))("in %s exist", (page) => {
    const text = read(page);
    const metrics = new Set(METRICS.map(({ name }) => name));
    // The cookie of the console is named like a metric and is none.
    const named = [...text.matchAll(/\bmutt_(?!session\b)[a-z0-9_]+/g)].map((match) => match[0]);
    const ofHistograms = (name: string) => name.replace(/_(bucket|sum|count)$/, "");
    expect(named.filter((name) => !metrics.has(name) && !metrics.has(ofHistograms(name)))).toEqual(
      [],
    );

    const set = [...text.matchAll(/config (?:set|get|reset) ([a-z_]+)/g)].map(
      (match) => match[1] ?? "",
    );
    expect(set.filter((key) => !(SETTING_KEYS as readonly string[]).includes(key))).toEqual([]);

    const variables = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)];
    const names = variables.map((match) => match[1] ?? "");
    expect(names.filter((name) => !VARIABLE_NAMES.includes(name))).toEqual([]);
  });
});

describe("links", () => {
  test.each(PAGES)("of %s lead somewhere", (page) => {
    const broken = linkTargets(read(page)).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      if (!existsSync(ROOT + file)) return true;
      return anchor !== undefined && !anchors(read(file)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("of README.md stand beside a line about every app and lib", () => {
    const projects = globSync("{apps,libs}/*/package.json", { cwd: ROOT }).map(
      (file) => file.split("/")[1] ?? "",
    );
    // What is built into the admin app, and the tools around the pipeline, have lines of their own among the commands.
    const named = projects.filter((name) => !["console", "cli", "stack"].includes(name));
    const rows = new Set([...read("README.md").matchAll(/^\| `([\w-]+)`/gm)].map(([, row]) => row));
    expect(named.filter((name) => !rows.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  test("of README.md lead to every page", () => {
    const linked = linkTargets(read("README.md"));
    expect(PAGES.filter((page) => page !== "README.md" && !linked.includes(page))).toEqual([]);
  });
});

test.each(PAGES)("every npm script that %s names exists", (page) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = [...read(page).matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)];
  const missing = named
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((name) => !(name in scripts));
  expect(missing).toEqual([]);
});

test.each([...PAGES, ".env.template"])("%s leaves nothing to be written later", (page) => {
  expect(read(page).match(/\b(TODO|TBD|FIXME|XXX|coming soon|lorem)\b/gi)).toBeNull();
});
