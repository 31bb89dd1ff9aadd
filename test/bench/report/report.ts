import type { RuleMatchingRow } from "../rules-match.ts";
import { STEPS } from "../scenarios/steps.ts";
import type { SystemName } from "../systems/system.ts";
import { formatComparison } from "./comparison.ts";
import { type Aim, formatAims } from "./judge.ts";
import { formatMachine } from "./machine.ts";
import type { Results } from "./results.ts";
import { formatMiB, formatNumber, formatTable } from "./table.ts";

/** Writes the whole report as text. */
export function formatReport(results: Results, aims: readonly Aim[]): string {
  const parts = [
    formatRun(results),
    ...STEPS.map((step) => formatComparison(results.steps, step)),
    formatMemory(results),
    results.rules && formatRules(results.rules),
    formatAims(aims),
  ];
  if (results.notes.length > 0) parts.push(results.notes.join("\n"));
  return parts.filter((part) => part !== undefined).join("\n\n");
}

function formatRun({ machine, ceiling, ...results }: Results): string {
  const share = Math.max(0, ...results.steps.map((step) => step.generatorShare));
  const sizes = (shape: (system: SystemName) => boolean): string => {
    const bytes = results.steps.filter((step) => shape(step.system)).map((s) => s.bytesPerEvent);
    return bytes.length > 0 ? `${Math.round(Math.max(...bytes))} bytes` : "-";
  };
  return [
    formatMachine(machine),
    `Payload     ${sizes((system) => system !== "alertmanager")} an event, ${sizes((system) => system === "alertmanager")} as an Alertmanager alert`,
    "MUTT        all apps, 1,000 rules, rate limiter on with a limit out of reach, moog_rate_limit 0",
    `Generator   ${formatNumber(ceiling.singlesPerSecond)} single posts/s and ${formatNumber(ceiling.listEventsPerSecond)} events/s in posts of 100 against a server that does nothing; at most ${Math.round(share * 100)} % of a core while measuring`,
    `Run         ${results.startedAt}, ${Math.round(results.seconds)} s, ${results.rounds} round(s), systems in turn; every process shares the cores${results.isQuick ? "; quick: figures not to be quoted" : ""}`,
  ].join("\n");
}

function formatMemory({ memory }: Results): string | undefined {
  if (!memory) return undefined;
  const rows = memory.rows.map(({ process, startBytes, endBytes, maxBytes }) => [
    process,
    ...[startBytes, endBytes, maxBytes].map(formatMiB),
  ]);
  return `Resident memory of MUTT over ${formatNumber(memory.events)} events in bursts at saturation\n${formatTable(["process", "start", "end", "max"], rows)}`;
}

/** Writes what matching costs as a table. */
export function formatRules(rules: readonly RuleMatchingRow[]): string {
  const rows = rules.map((row) => [
    row.rules.toLocaleString("en-US"),
    formatNumber(row.microsecondsPerEvent),
    formatNumber(row.fastestMicrosecondsPerEvent),
    formatNumber(row.compileMs),
  ]);
  return `Matching one event, in microseconds\n${formatTable(["rules", "median", "fastest round", "compile ms"], rows)}`;
}
