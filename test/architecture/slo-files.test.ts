// What is made from the table of objectives, against the table, the apps and the runbook.
// `npx vitest run --project architecture --update` writes the files anew.
import { existsSync, readFileSync } from "node:fs";
import { SETTINGS } from "@mutt/dynamic-config";
import {
  CLIENT_FAULTS,
  COMPONENTS,
  DEFAULT_SLO_SETTINGS,
  dashboard,
  SERVICE_FAULTS,
  SLOS,
} from "@mutt/slo";
import { describe, expect, test } from "vitest";
import {
  REFUSAL_REASONS,
  CLIENT_FAULTS as REFUSED_FOR_CLIENT,
} from "../../apps/ingestor/src/refusal.ts";
import { ALERT_RULES } from "../prometheus/rule-tests.ts";
import { ALERT_CASES, PROMETHEUS_FILES } from "../prometheus/test-files.ts";
import { anchors } from "./markdown.ts";
import { readMetrics } from "./metrics.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const DASHBOARD = `${JSON.stringify(dashboard(), undefined, 2)}\n`;

const FILES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(PROMETHEUS_FILES).map(([name, text]) => [`docs/prometheus/${name}`, text]),
  ),
  "docs/grafana/mutt.json": DASHBOARD,
};

describe("the file", () => {
  test.each(Object.entries(FILES))("%s is up to date", async (file, text) => {
    await expect(text).toMatchFileSnapshot(`../../${file}`);
  });

  test.each(Object.keys(FILES))("%s names only metrics that an app exports", async (file) => {
    const metrics = await readMetrics();
    const exported = new Set(
      metrics.flatMap(({ name, type }) =>
        type === "histogram" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const named = [...(FILES[file] ?? "").matchAll(/\bmutt_[a-z0-9_]+/g)].map((match) => match[0]);
    expect([...new Set(named)].filter((name) => !exported.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});

test("every label that a rule or a panel picks out exists", async () => {
  const metrics = new Map((await readMetrics()).map((metric) => [metric.name, metric.labels]));
  const used = Object.values(FILES)
    .join("\n")
    .replaceAll('\\"', '"')
    .matchAll(/\b(mutt_[a-z0-9_]+)\{([^}]*)\}/g);
  const unknown = [...used].flatMap(([, metric = "", matchers = ""]) => {
    const labels = metrics.get(metric) ?? {};
    const pairs = [...matchers.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)];
    return pairs.flatMap(([, label = "", , value = ""]) => {
      const missing = value.split("|").filter((each) => !labels[label]?.includes(each));
      return missing.map((each) => `${metric}{${label}="${each}"}`);
    });
  });
  expect([...new Set(unknown)]).toEqual([]);
});

describe("every alert", () => {
  const runbook = anchors(readFileSync(`${ROOT}docs/operations.md`, "utf8"));

  test.each(ALERT_RULES.map((rule) => [rule.alert, rule] as const))(
    "%s has a runbook and a test in which it fires and one in which it does not",
    (name, rule) => {
      const [page = "", anchor = ""] = rule.annotations.runbook_url.split("#");
      expect(existsSync(ROOT + page)).toBe(true);
      expect(runbook).toContain(anchor);
      const cases = ALERT_CASES.filter(
        ({ alert, rule: labels = {} }) =>
          alert === name &&
          Object.entries(labels).every(([label, value]) => rule.labels[label] === value),
      );
      expect(new Set(cases.map(({ fires }) => fires.length > 0))).toEqual(new Set([true, false]));
    },
  );
});

test("the table has the defaults of the run-time settings", () => {
  expect({
    ingestor: SETTINGS.slo_ingest_success_target.default,
    forwarder: SETTINGS.slo_forward_success_target.default,
  }).toEqual(DEFAULT_SLO_SETTINGS.targets);
  expect([
    SETTINGS.slo_window_hours.default,
    SETTINGS.slo_burn_rate_warning.default,
    SETTINGS.slo_burn_rate_critical.default,
  ]).toEqual([
    DEFAULT_SLO_SETTINGS.windowHours,
    DEFAULT_SLO_SETTINGS.burnRateWarning,
    DEFAULT_SLO_SETTINGS.burnRateCritical,
  ]);
});

test("every reason of a refusal is either the client's fault or the service's", () => {
  expect([...CLIENT_FAULTS, ...SERVICE_FAULTS].toSorted()).toEqual(REFUSAL_REASONS.toSorted());
  expect([...CLIENT_FAULTS]).toEqual([...REFUSED_FOR_CLIENT]);
});

test("docs/SLOs.md names every objective with its target", () => {
  const text = readFileSync(`${ROOT}docs/SLOs.md`, "utf8");
  for (const component of COMPONENTS) {
    const { name, defaultTarget } = SLOS[component];
    expect(text).toContain(`\`${name}\``);
    expect(text).toContain(String(defaultTarget));
  }
});
