import { WINDOW_MINUTES, type WindowName, windowsInUse } from "./burn-pairs.ts";
import type { Slo, SloSettings } from "./objectives.ts";

/** A range as PromQL writes it, e.g. `6h`, with its length in seconds. */
interface Range {
  text: string;
  seconds: number;
}

/** The questions that one objective puts to Prometheus; each can be pasted into its own page. */
export interface SloQueries {
  /** Seconds since the newest sample; no sample: nobody counts. */
  age: string;
  windows: { window: WindowName; total: string; bad: string; coverage: string }[];
  period: { total: string; bad: string; coverage: string };
}

/** Looks into a window when its coverage is asked for; Prometheus looks five minutes back at each. */
const LOOKS = 60;

/** Looks are no closer than this, in seconds: no scrape interval in use is shorter by much. */
const CLOSEST_LOOKS = 15;

/** The series of an objective that count. */
function totalSeries({ metric, total }: Slo): string {
  return `${metric}{${total}}`;
}

/** The series of an objective that are bad. */
export function badSeries({ metric, bad }: Slo): string {
  return `${metric}{${bad}}`;
}

/** Events in a range; no sample when nobody counted. */
export function totalEvents(slo: Slo, range: string): string {
  return `sum(increase(${totalSeries(slo)}[${range}]))`;
}

/** Bad events in a range: 0 where events were counted and no bad series exists. */
export function badEvents(slo: Slo, range: string): string {
  return `sum(increase(${badSeries(slo)}[${range}])) or 0 * ${totalEvents(slo, range)}`;
}

/** Share of bad events in a range; no sample, instead of NaN, when there was no traffic. */
export function errorRatioOf(slo: Slo, range: string): string {
  return `(${badEvents(slo, range)}) / (${totalEvents(slo, range)} > 0)`;
}

/** Share of a range in which the series existed. */
function coverageOf(slo: Slo, { text, seconds }: Range): string {
  const step = Math.max(CLOSEST_LOOKS, Math.round(seconds / LOOKS));
  return `count_over_time(sum(${totalSeries(slo)})[${text}:${step}s]) * ${step} / ${seconds}`;
}

/** All questions of an objective. */
export function sloQueries(slo: Slo, settings: SloSettings): SloQueries {
  const { windowHours } = settings;
  const ask = (range: Range) => ({
    total: totalEvents(slo, range.text),
    bad: badEvents(slo, range.text),
    coverage: coverageOf(slo, range),
  });
  return {
    age: `time() - max(timestamp(${totalSeries(slo)}))`,
    windows: windowsInUse(settings).map((window) => ({
      window,
      ...ask({ text: window, seconds: WINDOW_MINUTES[window] * 60 }),
    })),
    period: ask({ text: `${windowHours}h`, seconds: windowHours * 3600 }),
  };
}
