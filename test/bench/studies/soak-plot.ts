import { type Line, plotLines } from "../plots/line-plot.ts";
import { COLOURS } from "../plots/svg.ts";
import type { SoakWindow } from "./soak.ts";
import type { SoakSample, Watch } from "./soak-samples.ts";
import { pointsOf } from "./soak-trends.ts";

const COLOUR: Readonly<Record<string, string>> = {
  ingestor: COLOURS.blue,
  alerter: COLOURS.green,
  forwarder: COLOURS.purple,
  remediation: COLOURS.orange,
  admin: COLOURS.grey,
  redis: COLOURS.red,
};

const MIB = 1024 ** 2;

/** Draws memory, open files and latency over a soak as one SVG. */
export function plotSoak(samples: readonly SoakSample[], windows: readonly SoakWindow[]): string {
  const lines = (watch: Watch, unit: number): Line[] =>
    Object.entries(COLOUR).flatMap(([process, colour]) => {
      const points = pointsOf(samples, process, watch).map(({ x, y }) => ({
        x: x / 60,
        y: y / unit,
      }));
      return points.length > 0 ? [{ name: process, colour, points }] : [];
    });
  const panels = [
    { title: "resident, MiB", lines: lines("resident", MIB) },
    { title: "heap in use, MiB", lines: lines("heap", MIB) },
    { title: "data of Redis, MiB", lines: lines("data", MIB) },
    { title: "open files", lines: lines("open files", 1) },
    {
      title: "end to end p99 of each stretch, ms",
      lines: [
        {
          name: "p99",
          colour: COLOURS.blue,
          points: windows.map(({ at, p99 }) => ({ x: at / 60, y: p99 })),
        },
      ],
    },
  ];
  return plotLines(
    "Memory, open files and latency of every process under a load that goes on",
    panels.map((panel) => ({ ...panel, xUnit: "min" })),
  );
}
