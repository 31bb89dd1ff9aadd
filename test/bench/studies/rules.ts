import type { RuleDraft } from "@mutt/rules";
import { importRules } from "@mutt/store";
import { waitFor } from "@mutt/testkit";
import { plotLines } from "../plots/line-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import { atMost } from "../report/judge.ts";
import { formatRules } from "../report/report.ts";
import { cpuPerEvent } from "../report/results.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { createMatchedRules, measureRuleMatching } from "../rules-match.ts";
import { measureStep, type StepResult, warmUp } from "../scenarios/measure-step.ts";
import { summarise } from "../scenarios/statistics.ts";
import { type MuttSystem, startMutt } from "../systems/mutt.ts";
import { rotated, roundsOf } from "./rounds.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

const COUNTS = [1, 10, 100, 1000, 10_000];
const FEW = 1;
const MANY = 10_000;

/** Posts of 100, all forwarded: the share of matching in the cost of an event is largest where the rest is shared. */
const STEP = { name: "rules", title: "", perPost: 100, forwardEvery: 1, connections: 8 } as const;

const EVENTS = { full: 40_000, quick: 8000 };
const STEP_LIMIT_MS = 10_000;

/** The alerter asks once a second whether the rules have changed, and compiles 10,000 in less than one. */
const IN_FORCE_LIMIT_MS = 30_000;

/** What one rule book came to in one round. */
interface Reading {
  rules: number;
  result: Omit<StepResult, "round">;
}

/** Asks what more rules cost: matching by itself, and an event from post to delivery. */
export async function studyRules(context: StudyContext): Promise<StudyReport> {
  const rounds = roundsOf(context, { full: 3, quick: 1 });
  const maxEvents = EVENTS[context.isQuick ? "quick" : "full"];
  context.log("matching by itself");
  const matching = measureRuleMatching();
  await using system = await startMutt(context.bench.sink);
  await warmUp(context.bench, system);
  const readings: Reading[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const rules of rotated(COUNTS, round)) {
      context.log(`round ${round + 1}: ${rules.toLocaleString("en-US")} rules`);
      await putInForce(system, rules);
      const bounds = { maxEvents, maxMs: STEP_LIMIT_MS };
      readings.push({
        rules,
        result: await measureStep(context.bench, system, STEP, bounds),
      });
    }
  }
  const file = await context.keep("rules.svg", plotRules(readings));
  const ratio = (figure: Figure): number =>
    medianOf(readings, MANY, figure) / medianOf(readings, FEW, figure);
  return {
    text: [
      formatRules(matching),
      `From post to delivery: posts of 100 at saturation, every event forwarded by the last of the rules, ${maxEvents.toLocaleString("en-US")} events each, ${rounds} round(s)\n${formatReadings(readings)}`,
      `  plot: ${file}`,
    ].join("\n\n"),
    aims: [
      atMost(2, "the alerter's cost of an event with 10,000 rules ÷ with 1", ratio(alerter)),
      atMost(2, "the whole cost of an event with 10,000 rules ÷ with 1", ratio(cpuPerEvent)),
    ],
  };
}

/** Replaces the rules in force, and waits until the alerter goes by them. */
async function putInForce({ pipeline }: MuttSystem, count: number): Promise<void> {
  const deps = { redis: pipeline.redis.client(), prefix: pipeline.prefix };
  const file = { rules: createRuleBook(count), dev_hosts: [], teams: [] };
  await importRules(deps, file, { actor: "bench", replace: true });
  deps.redis.disconnect();
  const alerter = pipeline.app("alerter");
  await waitFor(async () => (await alerter.metric("mutt_alerter_rules_loaded")) === count, {
    what: `the alerter goes by ${count} rules`,
    timeoutMs: IN_FORCE_LIMIT_MS,
    everyMs: 100,
  });
}

/** So many rules, of which the last knows every event of the load: the others are asked first, and most in vain. */
function createRuleBook(count: number): RuleDraft[] {
  return [
    ...createMatchedRules(count - 1),
    {
      id: count,
      name: "everything that changes state",
      match_type: "contains",
      match_string: "changed state to",
      priority: 5000,
      prod_handling: "Page_and_ticket",
      dev_handling: "Log_only",
      team_assignment: "NETO",
      is_active: true,
    },
  ];
}

type Figure = (result: StepResult) => number | undefined;

const alerter: Figure = (result) => result.cpuPerEvent.alerter;
const rate: Figure = ({ delivery }) => delivery?.eventsPerSecond;

function medianOf(readings: readonly Reading[], rules: number, figure: Figure): number {
  const own = readings.filter((reading) => reading.rules === rules);
  const values = own.map(({ result }) => figure({ ...result, round: 0 }) ?? Number.NaN);
  return summarise(values)?.median ?? Number.NaN;
}

function formatReadings(readings: readonly Reading[]): string {
  const base = medianOf(readings, FEW, alerter);
  const rows = COUNTS.map((rules) => [
    rules.toLocaleString("en-US"),
    formatNumber(medianOf(readings, rules, rate)),
    formatNumber(medianOf(readings, rules, cpuPerEvent)),
    formatNumber(medianOf(readings, rules, alerter)),
    `${formatNumber(medianOf(readings, rules, alerter) / base)}×`,
  ]);
  const header = ["rules", "end to end/s", "CPU µs/event", "of it the alerter", "÷ 1 rule"];
  return formatTable(header, rows);
}

function plotRules(readings: readonly Reading[]): string {
  const line = (name: string, colour: string, figure: Figure) => ({
    name,
    colour,
    points: COUNTS.map((rules, x) => ({ x, y: medianOf(readings, rules, figure) })),
  });
  return plotLines("Cost of an event by the number of rules", [
    {
      title: "processor time of an event in µs",
      lines: [
        line("all of it", COLOURS.blue, cpuPerEvent),
        line("alerter", COLOURS.green, alerter),
      ],
      xNames: COUNTS.map((rules) => `${rules.toLocaleString("en-US")} rules`),
    },
  ]);
}
