import { formatNumber, formatTable } from "../report/table.ts";
import { summarise } from "../scenarios/statistics.ts";

/** What is done to an event, in order; posts of 100 and single ones are two ways of the same. */
export const LEGS = {
  lists: "taking and storing posts of 100",
  singles: "taking and storing single posts",
  alerter: "matching, and queueing the deliveries",
  forwarder: "delivering",
} as const;

/** The name of a leg. */
export type Leg = keyof typeof LEGS;

/** What an event costs in one leg, with so many queued beside those measured. */
export interface LegReading {
  leg: Leg;
  queued: number;
  eventsPerSecond: number;
  /** Microseconds of processor time for an event, by process. */
  cpuPerEvent: Record<string, number>;
}

/** The legs that every event of a post of 100 goes through. */
const WHOLE: readonly Leg[] = ["lists", "alerter", "forwarder"];

/** Processor time of an event in one leg, in microseconds: MUTT's own processes and Redis. */
export function legCost(readings: readonly LegReading[], leg: Leg, queued: number): number {
  return median(readings, { leg, queued }, ({ cpuPerEvent }) =>
    Object.entries(cpuPerEvent)
      .filter(([name]) => name !== "sink" && name !== "generator")
      .reduce((sum, [, microseconds]) => sum + microseconds, 0),
  );
}

/** Processor time of an event over all legs of one in a post of 100, in microseconds. */
export function wholeCost(readings: readonly LegReading[], queued: number): number {
  return WHOLE.reduce((sum, leg) => sum + legCost(readings, leg, queued), 0);
}

function median(
  readings: readonly LegReading[],
  of: { leg: Leg; queued: number },
  figure: (reading: LegReading) => number,
): number {
  const own = readings.filter(({ leg, queued }) => leg === of.leg && queued === of.queued);
  return summarise(own.map(figure))?.median ?? Number.NaN;
}

const PROCESSES = ["ingestor", "alerter", "forwarder", "redis"];

/** Writes one leg as a table: a row for each size. */
export function formatLeg(
  readings: readonly LegReading[],
  leg: Leg,
  sizes: readonly number[],
): string {
  const base = legCost(readings, leg, sizes[0] ?? 0);
  const rows = sizes.map((queued) => {
    const of = { leg, queued };
    const cost = legCost(readings, leg, queued);
    return [
      queued.toLocaleString("en-US"),
      formatNumber(median(readings, of, ({ eventsPerSecond }) => eventsPerSecond)),
      formatNumber(cost),
      `${formatNumber(cost / base)}×`,
      ...PROCESSES.map((name) =>
        formatNumber(median(readings, of, ({ cpuPerEvent }) => cpuPerEvent[name] ?? 0)),
      ),
    ];
  });
  const header = ["queued", "events/s", "CPU µs/event", "÷ none queued", ...PROCESSES];
  return `${LEGS[leg]}\n${formatTable(header, rows)}`;
}

/** Writes the sums over the legs as a table. */
export function formatWhole(sizes: readonly number[], costs: readonly number[]): string {
  const rows = sizes.map((queued, index) => [
    queued.toLocaleString("en-US"),
    formatNumber(costs[index] ?? Number.NaN),
    `${formatNumber((costs[index] ?? Number.NaN) / (costs[0] ?? Number.NaN))}×`,
  ]);
  return `all of it, in posts of 100\n${formatTable(["queued", "CPU µs/event", "÷ none queued"], rows)}`;
}
