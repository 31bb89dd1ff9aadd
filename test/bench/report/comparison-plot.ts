import { type BarPanel, plotBars } from "../plots/bar-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import type { StepName } from "../scenarios/steps.ts";
import type { SystemName } from "../systems/system.ts";
import {
  accepted,
  endToEnd,
  type Figure,
  figureOf,
  latencyP50,
  latencyP99,
  type Results,
} from "./results.ts";
import { TITLES } from "./titles.ts";

const COLOUR: Record<SystemName, string> = {
  mutt: COLOURS.blue,
  "two-hop": COLOURS.orange,
  alertmanager: COLOURS.red,
  "mutt-ingestor": COLOURS.blue,
  "bare-server": COLOURS.grey,
};

const PANELS: readonly { title: string; step: StepName; figure: Figure }[] = [
  { title: "single posts accepted a second", step: "singles-all", figure: accepted },
  {
    title: "events a second end to end, single posts, all forwarded",
    step: "singles-all",
    figure: endToEnd,
  },
  {
    title: "events a second end to end, posts of 100, all forwarded",
    step: "lists-all",
    figure: endToEnd,
  },
  {
    title: "events a second end to end, posts of 100, one in twenty forwarded",
    step: "lists-1in20",
    figure: endToEnd,
  },
  {
    title: "end to end at 200 events a second: p50 in ms (less is better)",
    step: "steady-200",
    figure: latencyP50,
  },
  {
    title: "end to end at 200 events a second: p99 in ms (less is better)",
    step: "steady-200",
    figure: latencyP99,
  },
];

/** Draws the rates and times of all systems side by side as one SVG: medians, and the span of the rounds. */
export function plotComparison({ steps }: Results): string {
  const panels = PANELS.map(({ title, step, figure }): BarPanel => {
    const bars = (Object.keys(TITLES) as SystemName[]).flatMap((system) => {
      const summary = figureOf(steps, { system, step }, figure);
      return summary ? [{ name: TITLES[system], colour: COLOUR[system], ...summary }] : [];
    });
    return { title, bars };
  });
  return plotBars(
    "MUTT beside its peers in one run",
    panels.filter(({ bars }) => bars.length > 0),
  );
}
