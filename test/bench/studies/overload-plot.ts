import { type Band, type LinePanel, plotLines } from "../plots/line-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import type { OverloadSample } from "./overload.ts";

const STATE_COLOURS: Readonly<Record<string, string>> = {
  normal: "#e8f3ea",
  warn: "#fdf3d7",
  shed: "#fbe0dc",
  recovering: "#e3ecfa",
};

/** Samples over which a rate is taken: two seconds. */
const RATE_SAMPLES = 4;

/** Draws depth, state, shed and delivered over time as one SVG. */
export function plotOverload(samples: readonly OverloadSample[], capacity: number): string {
  const bands = samples.map(
    ({ at, state }, index): Band => ({
      from: at,
      to: samples[index + 1]?.at ?? at,
      colour: STATE_COLOURS[state] ?? "#ffffff",
    }),
  );
  const line = (name: string, colour: string, of: (index: number) => number) => ({
    name,
    colour,
    points: samples.map(({ at }, index) => ({ x: at, y: of(index) })),
  });
  const rate = (of: (sample: OverloadSample) => number) => (index: number) => {
    const sample = samples[index];
    const before = samples[Math.max(0, index - RATE_SAMPLES)];
    if (!sample || !before || sample.at === before.at) return 0;
    return (of(sample) - of(before)) / (sample.at - before.at);
  };
  const panels: Pick<LinePanel, "title" | "lines">[] = [
    {
      title: "deliveries that wait for the forwarder",
      lines: [line("depth", COLOURS.blue, (index) => samples[index]?.depth ?? 0)],
    },
    {
      title: `alerts a second (the platform takes ${capacity})`,
      lines: [
        line(
          "delivered",
          COLOURS.green,
          rate(({ delivered }) => delivered),
        ),
        line(
          "shed",
          COLOURS.red,
          rate(({ shed }) => shed),
        ),
      ],
    },
    {
      title: "share that is shed, in percent",
      lines: [line("share", COLOURS.purple, (index) => (samples[index]?.share ?? 0) * 100)],
    },
  ];
  return plotLines(
    "Depth, rates and share of an overload over time",
    panels.map((panel) => ({ ...panel, bands, xUnit: "s" })),
    Object.entries(STATE_COLOURS).map(([name, colour]) => ({ name, colour })),
  );
}
