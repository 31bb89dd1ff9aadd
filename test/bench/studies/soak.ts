import { type Aim, never, verdictOf } from "../report/judge.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { measureStep, warmUp } from "../scenarios/measure-step.ts";
import { percentiles } from "../scenarios/statistics.ts";
import { type MuttSystem, startMutt } from "../systems/mutt.ts";
import { plotSoak } from "./soak-plot.ts";
import { sampleProcesses } from "./soak-samples.ts";
import { type SoakRow, soakRows } from "./soak-trends.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

/** What came of one stretch of the load. */
export interface SoakWindow {
  /** Seconds since the beginning of the load. */
  at: number;
  accepted: number;
  refused: number;
  missing: number;
  duplicates: number;
  p99: number;
}

const MINUTES = 30;
const QUICK_MINUTES = 0.5;

/** Below it, what is still being compiled and cached decides the slopes. */
const MEANINGFUL_MINUTES = 10;

/** How much of what it can take it gets. */
const SHARE = 0.5;

/** Every so often all that was accepted is waited for, so that what is noted of each event stays small. */
const WINDOW_S = { full: 60, quick: 10 };

const SAMPLE_MS = { full: 10_000, quick: 1000 };
const BURST_MS = { full: 8000, quick: 2000 };
const BURST_EVENTS = 60_000;
const CONNECTIONS = 64;
const DRAIN_LIMIT_MS = 45_000;

/** Single posts, every event forwarded: the most requests, jobs and deliveries for an event. */
const BURST = {
  name: "soak",
  title: "",
  perPost: "single",
  forwardEvery: 1,
  connections: CONNECTIONS,
} as const;

let lastRun = 20_000;

/** Asks whether memory and handles stay where they are under a load that goes on. */
export async function studySoak(context: StudyContext): Promise<StudyReport> {
  const kind = context.isQuick ? "quick" : "full";
  const minutes = context.minutes ?? (context.isQuick ? QUICK_MINUTES : MINUTES);
  await using system = await startMutt(context.bench.sink);
  await warmUp(context.bench, system);
  context.log("a short burst at saturation");
  const burst = { maxEvents: BURST_EVENTS, maxMs: BURST_MS[kind] };
  const { delivery } = await measureStep(context.bench, system, BURST, burst);
  const saturation = delivery?.eventsPerSecond ?? Number.NaN;
  const rate = Math.max(1, Math.round(saturation * SHARE));

  const stop = new AbortController();
  const sampling = sampleProcesses(system, { everyMs: SAMPLE_MS[kind], signal: stop.signal });
  const seconds = Math.min(WINDOW_S[kind], minutes * 60);
  const windows: SoakWindow[] = [];
  try {
    for (let at = 0; at < minutes * 60; at += seconds) {
      const window = await loadWindow(context, system, { at, seconds, rate });
      windows.push(window);
      context.log(`minute ${((at + seconds) / 60).toFixed(1)}: ${describe(window)}`);
    }
  } finally {
    stop.abort();
  }
  const samples = await sampling;
  const rows = soakRows(samples);
  const file = await context.keep("soak.svg", plotSoak(samples, windows));
  return {
    text: [
      `Soak: ${minutes} minutes of single posts at ${rate.toLocaleString("en-US")}/s at random times, every event forwarded: half of the ${formatNumber(saturation)}/s that a burst reached`,
      formatWindows(windows),
      `The slope is that of least squares over the second half, with its standard error; flat: at most 10 MiB or 2 handles an hour, or no more than chance`,
      formatRows(rows),
      ...(minutes < MEANINGFUL_MINUTES
        ? [`  ${minutes} minutes are too short for a slope to mean much`]
        : []),
      `  ${samples.length} samples; plot: ${file}`,
    ].join("\n"),
    aims: judgeSoak(windows, rows, minutes),
  };
}

async function loadWindow(
  { bench }: StudyContext,
  system: MuttSystem,
  { at, seconds, rate }: { at: number; seconds: number; rate: number },
): Promise<SoakWindow> {
  const run = ++lastRun;
  const maxEvents = Math.ceil(rate * seconds * 1.5);
  await bench.sink.begin(run, maxEvents + 1);
  const sent = await bench.load.run({
    urls: system.urls,
    headers: system.headers,
    shape: system.shape,
    run,
    forwardEvery: 1,
    perPost: "single",
    connections: CONNECTIONS,
    postsPerSecond: rate,
    maxEvents,
    maxMs: seconds * 1000,
  });
  const accepted = sent.events - sent.refusedPosts;
  const { arrivedMs, unique, duplicates } = await bench.sink.arrived(accepted, DRAIN_LIMIT_MS);
  const times = [...sent.sentMs].flatMap((sentMs, sequence) => {
    const arrived = arrivedMs[sequence] ?? 0;
    return arrived > 0 ? [arrived - sentMs] : [];
  });
  return {
    at,
    accepted,
    refused: sent.refusedPosts,
    missing: accepted - unique,
    duplicates,
    p99: percentiles(times)?.p99 ?? Number.NaN,
  };
}

function describe({ accepted, missing, p99 }: SoakWindow): string {
  return `${accepted.toLocaleString("en-US")} accepted, ${missing} missing, p99 ${formatNumber(p99)} ms`;
}

function formatWindows(windows: readonly SoakWindow[]): string {
  const sum = (of: (window: SoakWindow) => number): string =>
    windows.reduce((total, window) => total + of(window), 0).toLocaleString("en-US");
  const times = percentiles(windows.map(({ p99 }) => p99));
  return [
    `  ${sum(({ accepted }) => accepted)} events accepted, ${sum(({ refused }) => refused)} refused, ${sum(({ missing }) => missing)} missing, ${sum(({ duplicates }) => duplicates)} delivered twice`,
    `  end to end p99 of each minute: ${formatNumber(windows[0]?.p99 ?? Number.NaN)} ms in the first, ${formatNumber(windows.at(-1)?.p99 ?? Number.NaN)} ms in the last, ${formatNumber(times?.max ?? Number.NaN)} ms in the worst`,
  ].join("\n");
}

const MIB = 1024 ** 2;

function formatRows(rows: readonly SoakRow[]): string {
  const header = ["", "", "start", "end", "max", "per hour", "verdict"];
  const cells = rows.map(({ process, watch, start, end, max, trend, isFlat }) => {
    const isCount = watch === "open files" || watch === "handles";
    const write = (value: number): string =>
      isCount ? String(Math.round(value)) : `${(value / MIB).toFixed(1)} MiB`;
    const unit = isCount ? 1 : MIB;
    const slope = trend
      ? `${(trend.slope / unit).toFixed(1)} ±${(trend.error / unit).toFixed(1)}`
      : "-";
    const figures = [start, end, max].map(write);
    return [process, watch, ...figures, slope, isFlat ? "flat" : "grows"];
  });
  return formatTable(header, cells);
}

function judgeSoak(
  windows: readonly SoakWindow[],
  rows: readonly SoakRow[],
  minutes: number,
): Aim[] {
  const growing = rows.filter(({ isFlat }) => !isFlat);
  const isMeasured = rows.length > 0 && minutes >= MEANINGFUL_MINUTES;
  const sum = (of: (window: SoakWindow) => number): number =>
    windows.reduce((total, window) => total + of(window), 0);
  return [
    never(
      "an accepted event is not delivered",
      sum(({ missing }) => missing),
    ),
    never(
      "an alert is delivered twice",
      sum(({ duplicates }) => duplicates),
    ),
    never(
      "a post is refused",
      sum(({ refused }) => refused),
    ),
    {
      aim: "memory and handles flat",
      wanted: "in every process",
      measured: growing.length === 0 ? "all flat" : `${growing.length} of ${rows.length} grow`,
      verdict: verdictOf(isMeasured, growing.length === 0),
    },
  ];
}
