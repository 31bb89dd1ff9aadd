import { createScale, type Scale, type ScaleKind, tightScale } from "./scale.ts";
import { LEFT, type LegendEntry, PLOT_WIDTH, round, svgDocument, text } from "./svg.ts";

/** A point of a line. */
interface Point {
  x: number;
  y: number;
}

/** One line of a panel; points that are no numbers are left out. */
export interface Line {
  name: string;
  colour: string;
  isDashed?: boolean;
  points: readonly Point[];
}

/** A stretch of the x axis behind the lines. */
export interface Band {
  from: number;
  to: number;
  colour: string;
}

/** Lines over one x axis. */
export interface LinePanel {
  title: string;
  lines: readonly Line[];
  bands?: readonly Band[];
  x?: ScaleKind;
  y?: ScaleKind;
  /** Written after the values at the x axis. */
  xUnit?: string;
  /** Values of the x axis with a text of their own, instead of round ones. */
  xNames?: readonly string[];
}

const PANEL = 170;
const GAP = 50;
const TOP = 44;

/** Lines of so few points get a dot at each: they were measured there alone. */
const DOTTED = 12;

/** Room for a line's name above its panel. */
const NAME_STEP = 105;

/** Draws panels of lines under each other as one SVG. */
export function plotLines(
  title: string,
  panels: readonly LinePanel[],
  legend: readonly LegendEntry[] = [],
): string {
  return svgDocument({
    title,
    height: TOP + panels.length * (PANEL + GAP),
    legend,
    body: panels.map((panel, index) => drawPanel(panel, TOP + index * (PANEL + GAP))),
  });
}

function drawPanel(panel: LinePanel, top: number): string {
  const points = panel.lines.flatMap((line) => line.points).filter(isDrawable);
  const across = xScaleOf(panel, points);
  const up = createScale(
    panel.y ?? "linear",
    points.map(({ y }) => y),
  );
  const x = (value: number): number => LEFT + across.at(value) * PLOT_WIDTH;
  const y = (value: number): number => top + PANEL - up.at(value) * PANEL;
  return [
    ...(panel.bands ?? []).map(({ from, to, colour }) => {
      const width = round(x(to) - x(from));
      return `<rect x="${round(x(from))}" y="${top}" width="${width}" height="${PANEL}" fill="${colour}"/>`;
    }),
    text(panel.title, { x: LEFT, y: top - 8, colour: "#222" }),
    ...panel.lines.map(({ name, colour }, index) =>
      text(name, {
        x: LEFT + PLOT_WIDTH - (panel.lines.length - 1 - index) * NAME_STEP,
        y: top - 8,
        anchor: "end",
        colour,
      }),
    ),
    ...up.ticks.map((tick) => text(label(tick), { x: LEFT - 8, y: y(tick) + 4, anchor: "end" })),
    ...across.ticks.map((tick) =>
      text(panel.xNames?.[tick] ?? `${label(tick)} ${panel.xUnit ?? ""}`.trim(), {
        x: x(tick),
        y: top + PANEL + 16,
        anchor: "middle",
      }),
    ),
    `<path d="M${LEFT},${top} V${top + PANEL} H${LEFT + PLOT_WIDTH}" fill="none" stroke="#888"/>`,
    ...panel.lines.map((line) => drawLine(line, x, y)),
  ].join("\n");
}

/** Names stand at whole numbers from 0; otherwise the values say how far the axis goes. */
function xScaleOf({ x = "linear", xNames }: LinePanel, points: readonly Point[]): Scale {
  if (xNames === undefined) {
    const values = points.map((point) => point.x);
    return x === "linear" ? tightScale(values) : createScale(x, values);
  }
  const room = Math.max(1, xNames.length - 1);
  return { at: (value) => (value + 0.25) / (room + 0.5), ticks: [...xNames.keys()] };
}

function drawLine(
  { colour, isDashed, points }: Line,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const drawn = points
    .filter(isDrawable)
    .map((point) => ({ x: round(x(point.x)), y: round(y(point.y)) }));
  const path = drawn.map((point) => `${point.x},${point.y}`).join(" ");
  const dashes = isDashed ? ' stroke-dasharray="5 4"' : "";
  const dots = drawn.map((dot) => `<circle cx="${dot.x}" cy="${dot.y}" r="3" fill="${colour}"/>`);
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="1.5"${dashes} points="${path}"/>`,
    ...(drawn.length <= DOTTED ? dots : []),
  ].join("");
}

function isDrawable({ x, y }: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** At most three digits that count, and thousands set apart. */
function label(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 3 });
}
