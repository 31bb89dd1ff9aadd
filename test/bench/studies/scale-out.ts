import type { AppName } from "@mutt/stack";
import { plotBars } from "../plots/bar-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import { never } from "../report/judge.ts";
import { cpuPerEvent } from "../report/results.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { measureStep, type StepResult, warmUp } from "../scenarios/measure-step.ts";
import { type Summary, summarise } from "../scenarios/statistics.ts";
import { startMutt, startShards } from "../systems/mutt.ts";
import type { Destination, System } from "../systems/system.ts";
import { rotated, roundsOf } from "./rounds.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

/** One way of running MUTT with more of something. */
interface Layout {
  name: string;
  start(destination: Destination): Promise<System>;
}

/** What one layout came to in one round. */
interface Reading {
  layout: string;
  result: Omit<StepResult, "round">;
}

const COUNTS = [1, 2, 4];

/** The way of an event; the other apps are not part of it. */
const WAY: readonly AppName[] = ["ingestor", "alerter", "forwarder"];

/** Posts of 100, all forwarded: what uses workers and Redis most. */
const STEP = {
  name: "scale-out",
  title: "",
  perPost: 100,
  forwardEvery: 1,
  connections: 8,
} as const;

const EVENTS = { full: 40_000, quick: 8000 };
const STEP_LIMIT_MS = 10_000;

const LAYOUTS: readonly Layout[] = [
  ...COUNTS.map((count) => ({
    name: `${count} of each worker, 1 Redis`,
    start: (to: Destination) => startMutt(to, { apps: withWorkers(count) }),
  })),
  // One Redis with one of everything is the first of the list.
  ...COUNTS.filter((count) => count > 1).map((count) => ({
    name: `${count} Redis, one of each on each`,
    start: (to: Destination) => startShards(to, count, { apps: WAY }),
  })),
];

/** One ingestor with so many alerters and forwarders. */
function withWorkers(count: number): AppName[] {
  const times = (name: AppName): AppName[] => Array.from({ length: count }, () => name);
  return ["ingestor", ...times("alerter"), ...times("forwarder")];
}

/** Asks what more workers and more Redis servers bring or cost, and whether anything is lost or doubled among them. */
export async function studyScaleOut(context: StudyContext): Promise<StudyReport> {
  const rounds = roundsOf(context, { full: 3, quick: 1 });
  const maxEvents = EVENTS[context.isQuick ? "quick" : "full"];
  const readings: Reading[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const layout of rotated(LAYOUTS, round)) {
      context.log(`round ${round + 1}: ${layout.name}`);
      await using system = await layout.start(context.bench.sink);
      await warmUp(context.bench, system);
      const bounds = { maxEvents, maxMs: STEP_LIMIT_MS };
      const result = await measureStep(context.bench, system, STEP, bounds);
      readings.push({ layout: layout.name, result });
    }
  }
  const file = await context.keep("scale-out.svg", plotScaleOut(readings));
  const sum = (of: (result: Reading["result"]) => number | undefined): number =>
    readings.reduce((total, { result }) => total + (of(result) ?? 0), 0);
  const missing = sum(({ delivery }) => delivery?.missing);
  const duplicates = sum(({ delivery }) => delivery?.duplicates);
  const events = sum((result) => result.events);
  return {
    text: [
      `Scale-out: posts of 100 at saturation, every event forwarded, ${maxEvents.toLocaleString("en-US")} events each, ${rounds} round(s)`,
      "All processes share the cores of this one machine. Where they are busy already, more processes cannot bring more events:",
      "what is shown then is what each further process costs, and that nothing is lost or delivered twice.",
      formatReadings(readings),
      `  ${events.toLocaleString("en-US")} events in all layouts and rounds: ${missing} missing, ${duplicates} delivered twice`,
      `  plot: ${file}`,
    ].join("\n"),
    aims: [
      never("an accepted event is lost among several workers or shards", missing),
      never("an alert is delivered twice while no process is killed", duplicates),
    ],
  };
}

type Figure = (result: StepResult) => number | undefined;

const rate: Figure = ({ delivery }) => delivery?.eventsPerSecond;
const p99: Figure = ({ delivery }) => delivery?.latencyMs?.p99;
const cpuOf =
  (name: string): Figure =>
  (result) =>
    result.cpuPerEvent[name];

const COLUMNS: readonly [string, Figure][] = [
  ["end to end/s", rate],
  ["p99 ms", p99],
  ["CPU µs/event", cpuPerEvent],
  ...[...WAY, "redis"].map((name): [string, Figure] => [name, cpuOf(name)]),
];

function summaryOf(
  readings: readonly Reading[],
  layout: string,
  figure: Figure,
): Summary | undefined {
  const own = readings.filter((reading) => reading.layout === layout);
  const values = own.map(({ result }) => figure({ ...result, round: 0 }));
  return summarise(values.filter((value) => value !== undefined));
}

function formatReadings(readings: readonly Reading[]): string {
  const rows = LAYOUTS.map(({ name }) => [
    name,
    ...COLUMNS.map(([, figure]) =>
      formatNumber(summaryOf(readings, name, figure)?.median ?? Number.NaN),
    ),
  ]);
  return formatTable(["", ...COLUMNS.map(([title]) => title)], rows);
}

function plotScaleOut(readings: readonly Reading[]): string {
  const panel = (title: string, figure: Figure, colour: string) => ({
    title,
    bars: LAYOUTS.flatMap(({ name }) => {
      const summary = summaryOf(readings, name, figure);
      const short = name.replace(/,.*/, "");
      return summary ? [{ name: short, colour, ...summary }] : [];
    }),
  });
  return plotBars("More workers and more Redis servers on one machine", [
    panel("events a second end to end, posts of 100, all forwarded", rate, COLOURS.blue),
    panel("processor time of an event in µs (less is better)", cpuPerEvent, COLOURS.orange),
  ]);
}
