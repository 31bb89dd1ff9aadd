// The metrics of the whole project, read from where they are registered.
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { QUEUE_NAMES, readCounts } from "@mutt/queues";
import { createInvalidSettingCounter } from "@mutt/service";
import { createSloMetrics } from "../../apps/admin/src/slo/metrics.ts";
import { createMetrics as createAlerterMetrics } from "../../apps/alerter/src/metrics.ts";
import { createMetrics as createForwarderMetrics } from "../../apps/forwarder/src/metrics.ts";
import { createMetrics as createIngestorMetrics } from "../../apps/ingestor/src/metrics.ts";
import { createMetrics as createRemediationMetrics } from "../../apps/remediation/src/metrics.ts";
import { formatTable } from "./markdown.ts";

/** One metric as it is registered. */
interface Metric {
  name: string;
  type: string;
  help: string;
  apps: string[];
  /** Values by label, as they are there from the start. */
  labels: Record<string, readonly string[]>;
}

const ROOT = new URL("../../", import.meta.url).pathname;

type Registry = Parameters<typeof createForwarderMetrics>[0];

/** The apps' own registry class: the package is a dependency of theirs, not of the workspace. */
const { Registry } = createRequire(`${ROOT}apps/forwarder/package.json`)("prom-client") as {
  Registry: new () => Registry;
};

/** A metric's definition in the source of whoever needs a Redis before it registers one. */
const DEFINITION =
  /new (Counter|Gauge|Histogram)\(\{\s*name: "(mutt_\w+)",\s*help:\s*"([^"]+)",(?:\s*labelNames: \[([^\]]*)\],)?/g;

/** More values than this are a list of their own in docs/metrics.md. */
const MAX_VALUES_SHOWN = 6;

/** Every metric of every app, in the order in which an event meets them. */
export async function readMetrics(): Promise<Metric[]> {
  const registries: [string, (registry: Registry) => unknown][] = [
    ["ingestor", (registry) => createIngestorMetrics(registry, async () => 0)],
    ["alerter", (registry) => createAlerterMetrics(registry, () => 0)],
    ["forwarder", createForwarderMetrics],
    ["remediation", createRemediationMetrics],
    [
      "admin",
      (registry) => createSloMetrics(registry, { target: () => 0.5, readMemoryUse: async () => 0 }),
    ],
  ];
  const registered: Metric[] = [];
  for (const [app, register] of registries) {
    registered.push(...(await metricsOf([app], register)));
  }
  const jobStates = Object.keys(await readCounts({ getJobCounts: async () => ({}) }));
  return [
    ...registered,
    ...metricsInSource("admin", "ledger-metric.ts", {}),
    ...metricsInSource("admin", "queue-metrics.ts", { queue: QUEUE_NAMES, state: jobStates }),
    ...(await metricsOf(appsThatCall("createInvalidSettingCounter("), createInvalidSettingCounter)),
  ];
}

/** The names of all metrics that stand anywhere in the sources. */
export function metricNamesInSources(): string[] {
  const files = globSync("{apps,libs}/*/src/**/*.ts", { cwd: ROOT });
  const names = files
    .filter((file) => !file.endsWith(".test.ts"))
    .flatMap((file) => [
      ...readFileSync(ROOT + file, "utf8").matchAll(/name: "(mutt_\w+)",\s*help:/g),
    ]);
  return [...new Set(names.map((match) => match[1] ?? ""))];
}

async function metricsOf(
  apps: string[],
  register: (registry: Registry) => unknown,
): Promise<Metric[]> {
  const registry = new Registry();
  register(registry);
  const found = await registry.getMetricsAsJSON();
  return found.map(({ name, help, type, values }) => {
    const labels: Record<string, string[]> = {};
    for (const [label, value] of values.flatMap((each) => Object.entries(each.labels))) {
      if (label === "le") continue;
      const known = labels[label] ?? [];
      labels[label] = [...new Set([...known, String(value)])];
    }
    return { name, help, type: String(type), apps, labels };
  });
}

function metricsInSource(
  app: string,
  file: string,
  values: Record<string, readonly string[]>,
): Metric[] {
  const source = readFileSync(`${ROOT}apps/${app}/src/${file}`, "utf8");
  return [...source.matchAll(DEFINITION)].map(
    ([, type = "", name = "", help = "", labels = ""]) => {
      const names = [...labels.matchAll(/"(\w+)"/g)].map((match) => match[1] ?? "");
      const pairs = names.map((label) => [label, values[label] ?? []] as const);
      return {
        name,
        help,
        type: type.toLowerCase(),
        apps: [app],
        labels: Object.fromEntries(pairs),
      };
    },
  );
}

function appsThatCall(call: string): string[] {
  const files = globSync("apps/*/src/main.ts", { cwd: ROOT }).sort();
  const callers = files.filter((file) => readFileSync(ROOT + file, "utf8").includes(call));
  return callers.map((file) => basename(file.replace("/src/main.ts", "")));
}

/** The rows of the table in docs/metrics.md. */
export function metricsTable(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ name, type, help, apps, labels }) => [
    `\`${name}\``,
    type,
    apps.join(", "),
    Object.entries(labels).map(describeLabel).join("; "),
    help,
  ]);
  return formatTable(["metric", "type", "app", "labels", "meaning"], rows);
}

function describeLabel([label, values]: [string, readonly string[]]): string {
  if (values.length > MAX_VALUES_SHOWN) return `\`${label}\`: listed below`;
  return `\`${label}\`: ${values.map((value) => `\`${value}\``).join(" ")}`;
}
