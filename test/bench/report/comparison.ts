import type { StepResult } from "../scenarios/measure-step.ts";
import type { Summary } from "../scenarios/statistics.ts";
import type { Step, StepName } from "../scenarios/steps.ts";
import type { SystemName } from "../systems/system.ts";
import {
  accepted,
  alerts,
  cpuPerEvent,
  endToEnd,
  type Figure,
  figureOf,
  latencyP50,
  latencyP99,
} from "./results.ts";
import { formatNumber, formatTable } from "./table.ts";
import { TITLES } from "./titles.ts";

const COLUMNS: [string, Figure][] = [
  ["accepted/s", accepted],
  ["end to end/s", endToEnd],
  ["alerts out/s", alerts],
  ["p50 ms", latencyP50],
  ["p99 ms", latencyP99],
  ["CPU µs/event", cpuPerEvent],
];

const HEADER = ["", ...COLUMNS.map(([title]) => title), "MUTT: accepted", "end to end"];

/** What a system is compared with: ingest alone with ingest alone, pipelines with pipelines. */
const RIVAL: Record<SystemName, SystemName | undefined> = {
  mutt: undefined,
  "mutt-ingestor": undefined,
  "bare-server": "mutt-ingestor",
  "two-hop": "mutt",
  alertmanager: "mutt",
};

/**
 * Writes one step's figures of all systems: medians over the rounds, with half the distance from the lowest to the
 * highest; `undefined` without any.
 */
export function formatComparison(
  steps: readonly StepResult[],
  step: Step & { name: StepName },
): string | undefined {
  const own = steps.filter((result) => result.step === step.name);
  const systems = (Object.keys(TITLES) as SystemName[]).filter((name) =>
    own.some(({ system }) => system === name),
  );
  if (systems.length === 0) return undefined;
  const read = (system: SystemName, figure: Figure): Summary | undefined =>
    figureOf(own, { system, step: step.name }, figure);
  const rows = systems.map((system) => [
    TITLES[system],
    ...COLUMNS.map(([, figure]) => formatSummary(read(system, figure))),
    ...[accepted, endToEnd].map((figure) => formatRatio(RIVAL[system], system, figure, read)),
  ]);
  const notes = [formatCpu(own), ...formatLosses(own)];
  const text = notes.filter((note) => note !== undefined).map((note) => `\n  ${note}`);
  return `${step.title}, ${step.connections} connections\n${formatTable(HEADER, rows)}\n  ${formatCounts(own, systems)}${text.join("")}`;
}

function formatSummary(summary: Summary | undefined): string {
  if (!summary) return "-";
  const { median, min, max } = summary;
  if (min === max) return formatNumber(median);
  const spread = ((max - min) / 2 / median) * 100;
  return `${formatNumber(median)} ±${Math.round(spread)}%`;
}

function formatRatio(
  rival: SystemName | undefined,
  peer: SystemName,
  figure: Figure,
  read: (system: SystemName, figure: Figure) => Summary | undefined,
): string {
  const own = rival && read(rival, figure);
  const other = read(peer, figure);
  return own && other ? `${formatNumber(own.median / other.median)}×` : "-";
}

function formatCounts(results: readonly StepResult[], systems: readonly SystemName[]): string {
  const counts = systems.map((name) => {
    const events = results.filter(({ system }) => system === name).map((r) => r.events);
    return `${formatNumber(Math.max(...events))} ${TITLES[name]}`;
  });
  return `Events a round at most: ${counts.join(", ")}`;
}

/** Where MUTT spends its time, as far as the last round tells. */
function formatCpu(results: readonly StepResult[]): string | undefined {
  const result = results.findLast(({ system }) => system === "mutt");
  if (!result) return undefined;
  const parts = Object.entries(result.cpuPerEvent).map(
    ([name, microseconds]) => `${name} ${formatNumber(microseconds)}`,
  );
  return `CPU µs/event of MUTT in the last round: ${parts.join(", ")}`;
}

function formatLosses(results: readonly StepResult[]): string[] {
  return results.flatMap(({ system, round, delivery }) => {
    if (!delivery || (delivery.missing === 0 && delivery.duplicates === 0)) return [];
    return [
      `${TITLES[system]}, round ${round}: ${delivery.missing} of ${delivery.alerts + delivery.missing} alerts had not arrived in time, ${delivery.duplicates} came twice`,
    ];
  });
}
