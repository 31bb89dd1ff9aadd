import { createScale } from "./scale.ts";
import { LEFT, PLOT_WIDTH, round, svgDocument, text } from "./svg.ts";

/** One bar: the middle of several rounds, and how far they lie apart. */
interface Bar {
  name: string;
  colour: string;
  median: number;
  min: number;
  max: number;
}

/** Bars that are to be compared with each other. */
export interface BarPanel {
  title: string;
  bars: readonly Bar[];
}

const BAR = 18;
const STEP = 26;
const GAP = 52;
const TOP = 30;

/** Room for the names of the bars, left of them. */
const NAMES = 130;
const BARS_FROM = LEFT + NAMES;

/** Room for the value behind the longest bar. */
const VALUES = 70;

/** Draws panels of bars under each other as one SVG; a thin line spans the rounds. */
export function plotBars(title: string, panels: readonly BarPanel[]): string {
  let top = TOP;
  const body = panels.map((panel) => {
    const drawn = drawPanel(panel, top);
    top += panel.bars.length * STEP + GAP;
    return drawn;
  });
  return svgDocument({ title, height: top, body });
}

function drawPanel({ title, bars }: BarPanel, top: number): string {
  const scale = createScale(
    "linear",
    bars.map(({ max }) => max),
  );
  const length = (value: number): number => scale.at(value) * (PLOT_WIDTH - NAMES - VALUES);
  const rows = bars.map(({ name, colour, median, min, max }, index) => {
    const y = top + index * STEP;
    const middle = y + BAR / 2;
    return [
      text(name, { x: BARS_FROM - 8, y: middle + 4, anchor: "end", colour: "#222" }),
      `<rect x="${BARS_FROM}" y="${y}" width="${round(length(median))}" height="${BAR}" fill="${colour}"/>`,
      `<path d="M${round(BARS_FROM + length(min))},${middle} H${round(BARS_FROM + length(max))}" stroke="#222"/>`,
      text(median.toLocaleString("en-US", { maximumSignificantDigits: 3 }), {
        x: BARS_FROM + length(max) + 6,
        y: middle + 4,
      }),
    ].join("");
  });
  return [text(title, { x: LEFT, y: top - 8, colour: "#222" }), ...rows].join("\n");
}
