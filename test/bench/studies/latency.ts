import { type Line, plotLines } from "../plots/line-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import { below } from "../report/judge.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { TITLES } from "../report/titles.ts";
import { measureStep, warmUp } from "../scenarios/measure-step.ts";
import { type Percentiles, summarise } from "../scenarios/statistics.ts";
import type { Step } from "../scenarios/steps.ts";
import { HOW_TO_INSTALL, startAlertmanager } from "../systems/alertmanager.ts";
import { startMutt } from "../systems/mutt.ts";
import type { System, SystemName } from "../systems/system.ts";
import { rotated, roundsOf } from "./rounds.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

/** Events a second, each a post of its own. */
const RATES = [10, 50, 200, 500, 1000];

/** The rate that the aims are set for. */
const AIM_RATE = 200;

/** A rate at which less than this share of it comes through is beyond the system, and so are higher ones. */
const HELD_SHARE = 0.8;

const CONNECTIONS = 64;

/** What one system took at one rate in one round. */
interface Reading {
  system: SystemName;
  rate: number;
  latency: Percentiles;
  isHeld: boolean;
  missing: number;
}

/** A system that takes part. */
interface Rival {
  name: SystemName;
  start(): Promise<System>;
  /** Alertmanager keeps every alert in its memory: the rates before would slow down the next. */
  isFreshForEachRate: boolean;
}

/** Asks how long an event takes from its post to its arrival, at rates from idle to busy. */
export async function studyLatency(context: StudyContext): Promise<StudyReport> {
  const rounds = roundsOf(context, { full: 2, quick: 1 });
  const seconds = context.isQuick ? 3 : 15;
  const readings: Reading[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const rival of rotated(rivalsOf(context), round)) {
      readings.push(...(await measureRival(context, rival, seconds)));
    }
  }
  const file = await context.keep("latency.svg", plotLatency(readings));
  const at200 = summaryOf(readings, "mutt", AIM_RATE);
  return {
    text: [
      `Latency: single posts at random times, every event forwarded, ${seconds} s at each rate, ${rounds} round(s)`,
      "From the moment a post is due to the arrival of its alert, in milliseconds; medians of the rounds, the highest maximum",
      formatReadings(readings),
      ...notesOn(context, readings),
      `  plot: ${file}`,
    ].join("\n"),
    aims: [
      below(10, `end to end at ${AIM_RATE}/s, p50`, at200?.p50),
      below(50, `end to end at ${AIM_RATE}/s, p99`, at200?.p99),
    ],
  };
}

function rivalsOf({ bench, alertmanager }: StudyContext): Rival[] {
  const mutt: Rival = {
    name: "mutt",
    start: () => startMutt(bench.sink),
    isFreshForEachRate: false,
  };
  if (!alertmanager) return [mutt];
  const start = () => startAlertmanager(alertmanager, bench.sink);
  return [mutt, { name: "alertmanager", start, isFreshForEachRate: true }];
}

async function measureRival(
  context: StudyContext,
  rival: Rival,
  seconds: number,
): Promise<Reading[]> {
  const sessions = rival.isFreshForEachRate ? RATES.map((rate) => [rate]) : [RATES];
  const readings: Reading[] = [];
  for (const rates of sessions) {
    if (readings.at(-1)?.isHeld === false) break;
    await using system = await rival.start();
    await warmUp(context.bench, system);
    for (const rate of rates) {
      context.log(`${TITLES[rival.name]} at ${rate}/s`);
      const reading = await measureRate(context, system, { rate, seconds });
      if (reading) readings.push(reading);
      if (!reading?.isHeld) break;
    }
  }
  return readings;
}

async function measureRate(
  { bench }: StudyContext,
  system: System,
  { rate, seconds }: { rate: number; seconds: number },
): Promise<Reading | undefined> {
  const step: Step = {
    name: `latency at ${rate}/s`,
    title: "",
    perPost: "single",
    forwardEvery: 1,
    connections: CONNECTIONS,
    postsPerSecond: rate,
  };
  const bounds = { maxEvents: rate * seconds * 2, maxMs: seconds * 1000 };
  const { events, delivery } = await measureStep(bench, system, step, bounds);
  if (!delivery?.latencyMs) return undefined;
  return {
    system: system.name,
    rate,
    latency: delivery.latencyMs,
    isHeld: events >= HELD_SHARE * rate * seconds && delivery.eventsPerSecond >= HELD_SHARE * rate,
    missing: delivery.missing,
  };
}

const SYSTEMS: readonly SystemName[] = ["mutt", "alertmanager"];
const PERCENTILES = ["p50", "p90", "p99", "max"] as const;

/** Medians over the rounds, of the maximum the highest; `undefined` when the rate was not measured or not held. */
function summaryOf(
  readings: readonly Reading[],
  system: SystemName,
  rate: number,
): Percentiles | undefined {
  const own = readings.filter((reading) => reading.system === system && reading.rate === rate);
  if (own.length === 0 || own.some(({ isHeld }) => !isHeld)) return undefined;
  const of = (name: keyof Percentiles) => summarise(own.map(({ latency }) => latency[name]));
  return {
    p50: of("p50")?.median ?? Number.NaN,
    p90: of("p90")?.median ?? Number.NaN,
    p99: of("p99")?.median ?? Number.NaN,
    max: of("max")?.max ?? Number.NaN,
  };
}

function formatReadings(readings: readonly Reading[]): string {
  const header = ["events/s", ...SYSTEMS.flatMap((system) => namesOf(system))];
  const rows = RATES.map((rate) => [
    String(rate),
    ...SYSTEMS.flatMap((system) => {
      const summary = summaryOf(readings, system, rate);
      return PERCENTILES.map((name) => (summary ? formatNumber(summary[name]) : "-"));
    }),
  ]);
  return formatTable(header, rows);
}

function namesOf(system: SystemName): string[] {
  return PERCENTILES.map((name, index) => (index === 0 ? `${TITLES[system]} ${name}` : name));
}

function notesOn({ alertmanager }: StudyContext, readings: readonly Reading[]): string[] {
  const notes = readings.flatMap(({ system, rate, isHeld, missing }) => [
    ...(isHeld ? [] : [`  ${TITLES[system]} did not hold ${rate}/s on this machine`]),
    ...(missing > 0 ? [`  ${TITLES[system]}, ${rate}/s: ${missing} alerts did not arrive`] : []),
  ]);
  return alertmanager ? notes : [...notes, `  ${HOW_TO_INSTALL}`];
}

function plotLatency(readings: readonly Reading[]): string {
  const lines = SYSTEMS.flatMap((system) =>
    (["p50", "p99"] as const).map((name, index): Line => {
      const [plain, tail] = system === "mutt" ? MUTT_COLOURS : PEER_COLOURS;
      return {
        name: `${system === "mutt" ? "MUTT" : "Alertm."} ${name}`,
        colour: index === 0 ? plain : tail,
        isDashed: system !== "mutt",
        points: RATES.map((rate) => ({
          x: rate,
          y: summaryOf(readings, system, rate)?.[name] ?? Number.NaN,
        })),
      };
    }),
  );
  const title = "Milliseconds from post to arrival, by events a second";
  return plotLines("Latency of MUTT and Alertmanager by rate", [
    { title, lines, x: "log", y: "log", xUnit: "/s" },
  ]);
}

const MUTT_COLOURS = [COLOURS.blue, COLOURS.purple] as const;
const PEER_COLOURS = [COLOURS.orange, COLOURS.red] as const;
