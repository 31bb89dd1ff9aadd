import { useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { NOTHING } from "../format.ts";

/** One line of a chart; `null` where nothing was measured. */
export interface Series {
  name: string;
  values: readonly (number | null)[];
  /** Number of the colour, `--series-1` and so on. */
  colour: 1 | 2 | 3 | 4;
}

/** In CSS pixels. */
const HEIGHT = 168;

/**
 * Lines over time with the value under the pointer, or the newest one, in the legend. `times` are epoch seconds.
 * To those who cannot see it the chart is its title and the newest values.
 */
export function LineChart(props: {
  title: string;
  times: readonly number[];
  series: readonly Series[];
  format(value: number): string;
  /** On the axis, where there is little room; `format` where it is left out. */
  formatTick?(value: number): string;
  /** Distances between lines of the grid to choose from; decimal ones where it is left out. */
  steps?: number[];
}) {
  const { title, times, series, format, formatTick = format, steps } = props;
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const scheme = useColourScheme();
  const shape = `${scheme} ${series.map(({ name, colour }) => `${name}:${colour}`).join()}`;

  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return;
    const plot = new uPlot(
      optionsOf({ series, formatTick, steps, element, onPoint: setPointed }),
      dataOf(times, series),
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [shape]);

  useLayoutEffect(() => {
    chart.current?.setData(dataOf(times, series));
  }, [times, series]);

  const index = pointed ?? newestOf(series);
  const readings = series.map(({ name, values }) => {
    const value = values[index] ?? null;
    return { name, text: value === null ? NOTHING : format(value) };
  });
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <ul class="legend">
          {readings.map(({ name, text }, at) => (
            <li key={name}>
              <span class={`swatch swatch-${series[at]?.colour ?? 1}`} />
              {name} <strong>{text}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={holder}
        class="chart-canvas"
        role="img"
        aria-label={`${title}: ${readings.map(({ name, text }) => `${name} ${text}`).join(", ")}`}
      />
      {times.length > 0 && newestOf(series) < 0 && (
        <p class="chart-empty muted">No samples yet: one comes every minute.</p>
      )}
    </figure>
  );
}

function dataOf(times: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

/** The last place where any line has a value. */
function newestOf(series: readonly Series[]): number {
  return Math.max(
    ...series.map(({ values }) => values.findLastIndex((value) => value !== null)),
    -1,
  );
}

function optionsOf(from: {
  series: readonly Series[];
  formatTick(value: number): string;
  steps: number[] | undefined;
  element: HTMLElement;
  onPoint(index: number | null): void;
}): uPlot.Options {
  const style = getComputedStyle(from.element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--muted"),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: from.element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    padding: [8, 8, 0, 0],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 1)] } },
    axes: [
      { ...axis, size: 28, space: 70, values: timeLabels },
      {
        ...axis,
        ...(from.steps && { incrs: from.steps }),
        size: 52,
        space: 36,
        values: (_plot, ticks) => ticks.map(from.formatTick),
      },
    ],
    series: [
      {},
      ...from.series.map((line) => ({
        label: line.name,
        stroke: colour(`--series-${line.colour}`),
        fill: colour(`--series-${line.colour}-fill`),
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [(plot) => from.onPoint(plot.cursor.idx ?? null)] },
  };
}

const CLOCK = new Intl.DateTimeFormat("sv", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "short", day: "numeric" });

/** Clock times, and the day where the ticks are half a day apart or more. */
function timeLabels(_plot: uPlot, ticks: number[]): string[] {
  const isByDay = ticks.length > 1 && (ticks[1] ?? 0) - (ticks[0] ?? 0) >= 43_200;
  return ticks.map((tick) => (isByDay ? DAY : CLOCK).format(tick * 1000));
}

/** Canvas colours are not restyled by the browser: a change of scheme draws the chart anew. */
function useColourScheme(): "dark" | "light" {
  const [query] = useState(() => matchMedia("(prefers-color-scheme: dark)"));
  const [isDark, setDark] = useState(query.matches);
  useLayoutEffect(() => {
    const follow = (): void => setDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [query]);
  return isDark ? "dark" : "light";
}
