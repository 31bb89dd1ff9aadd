import { plotLines } from "../plots/line-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import { LEGS, type Leg, type LegReading, legCost } from "./backlog-report.ts";

const COLOUR: Record<Leg, string> = {
  lists: COLOURS.blue,
  singles: COLOURS.orange,
  alerter: COLOURS.green,
  forwarder: COLOURS.purple,
};

/** Draws what an event costs in each leg by the number of queued ones as one SVG: a panel for each leg. */
export function plotBacklog(readings: readonly LegReading[], sizes: readonly number[]): string {
  const xNames = sizes.map((queued) => `${queued.toLocaleString("en-US")} queued`);
  const panels = (Object.keys(LEGS) as Leg[]).map((leg) => ({
    title: `${LEGS[leg]}: processor time of an event in µs`,
    lines: [
      {
        name: "",
        colour: COLOUR[leg],
        points: sizes.map((queued, x) => ({ x, y: legCost(readings, leg, queued) })),
      },
    ],
    xNames,
  }));
  return plotLines("Cost of an event by the number of events that are queued already", panels);
}
