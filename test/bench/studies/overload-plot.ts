import type { OverloadSample } from "./overload.ts";

const WIDTH = 860;
const PANEL = 170;
const LEFT = 70;
const GAP = 46;
const PLOT_WIDTH = WIDTH - LEFT - 20;

const STATE_COLOURS: Record<string, string> = {
  normal: "#e8f3ea",
  warn: "#fdf3d7",
  shed: "#fbe0dc",
  recovering: "#e3ecfa",
};

interface Line {
  name: string;
  colour: string;
  values: number[];
}

/** Draws depth, state, shed and delivered over time as one SVG. */
export function plotOverload(samples: readonly OverloadSample[], capacity: number): string {
  const seconds = samples.map(({ at }) => at);
  const rate = (of: (sample: OverloadSample) => number): number[] =>
    samples.map((sample, index) => {
      const before = samples[Math.max(0, index - 4)] ?? sample;
      const elapsed = sample.at - before.at;
      return elapsed > 0 ? (of(sample) - of(before)) / elapsed : 0;
    });
  const panels: { title: string; lines: Line[] }[] = [
    {
      title: "deliveries that wait for the forwarder",
      lines: [{ name: "depth", colour: "#1f5fa8", values: samples.map(({ depth }) => depth) }],
    },
    {
      title: `alerts a second (the platform takes ${capacity})`,
      lines: [
        { name: "delivered", colour: "#1d7a3c", values: rate(({ delivered }) => delivered) },
        { name: "shed", colour: "#b3261e", values: rate(({ shed }) => shed) },
      ],
    },
    {
      title: "share that is shed, in percent",
      lines: [
        { name: "share", colour: "#6b4ea0", values: samples.map(({ share }) => share * 100) },
      ],
    },
  ];
  const height = panels.length * (PANEL + GAP) + 40;
  const end = Math.max(...seconds, 1);
  const x = (at: number): number => LEFT + (at / end) * PLOT_WIDTH;
  const body = panels.map(({ title, lines }, index) => {
    const top = 30 + index * (PANEL + GAP);
    return [bands(samples, x, top), drawPanel({ title, lines, seconds, x, top, end })].join("\n");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    "<title>Depth, rates and share of an overload over time</title>",
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    legend(),
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

function bands(samples: readonly OverloadSample[], x: (at: number) => number, top: number): string {
  return samples
    .map(({ at, state }, index) => {
      const until = samples[index + 1]?.at ?? at;
      const width = (x(until) - x(at)).toFixed(1);
      return `<rect x="${x(at).toFixed(1)}" y="${top}" width="${width}" height="${PANEL}" fill="${STATE_COLOURS[state] ?? "#ffffff"}"/>`;
    })
    .join("");
}

function drawPanel(panel: {
  title: string;
  lines: Line[];
  seconds: number[];
  x: (at: number) => number;
  top: number;
  end: number;
}): string {
  const { title, lines, seconds, x, top, end } = panel;
  const most = Math.max(1, ...lines.flatMap(({ values }) => values)) * 1.1;
  const y = (value: number): number => top + PANEL - (value / most) * PANEL;
  const paths = lines.map(({ colour, values }) => {
    const points = values.map(
      (value, index) => `${x(seconds[index] ?? 0).toFixed(1)},${y(value).toFixed(1)}`,
    );
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(" ")}"/>`;
  });
  const names = lines.map(
    ({ name, colour }, index) =>
      `<text x="${LEFT + PLOT_WIDTH - 150 + index * 80}" y="${top - 6}" fill="${colour}">${name}</text>`,
  );
  const ticks = [0, 0.5, 1].map(
    (share) =>
      `<text x="${LEFT - 8}" y="${(y(most * share) + 4).toFixed(1)}" text-anchor="end" fill="#555">${Math.round(most * share)}</text>`,
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(end * share).toFixed(1)}" y="${top + PANEL + 16}" text-anchor="middle" fill="#555">${Math.round(end * share)} s</text>`,
  );
  return [
    `<text x="${LEFT}" y="${top - 6}" fill="#222">${title}</text>`,
    ...names,
    ...ticks,
    ...times,
    `<path d="M${LEFT},${top} V${top + PANEL} H${LEFT + PLOT_WIDTH}" fill="none" stroke="#888"/>`,
    ...paths,
  ].join("\n");
}

function legend(): string {
  return Object.entries(STATE_COLOURS)
    .map(
      ([state, colour], index) =>
        `<rect x="${LEFT + index * 110}" y="2" width="12" height="12" fill="${colour}" stroke="#999"/><text x="${LEFT + 18 + index * 110}" y="12">${state}</text>`,
    )
    .join("");
}
