import { expect, test } from "vitest";
import { plotBars } from "./bar-plot.ts";
import { plotLines } from "./line-plot.ts";

test("a plot has a title for those who cannot see it, with its text escaped", () => {
  expect(plotLines("cost < 20 % & flat", [])).toContain("<title>cost &lt; 20 % &amp; flat</title>");
  expect(plotBars("rates", [])).toContain("<title>rates</title>");
});

test("a line goes through its points and leaves out what is no number", () => {
  const points = [
    { x: 0, y: 0 },
    { x: 1, y: Number.NaN },
    { x: 2, y: 1 },
  ];
  const svg = plotLines("t", [{ title: "p", lines: [{ name: "l", colour: "#000", points }] }]);

  const drawn = /points="([^"]*)"/.exec(svg)?.[1]?.split(" ");
  expect(drawn).toHaveLength(2);
  expect(svg).not.toContain("NaN");
});

test("places of the x axis can have names", () => {
  const points = [0, 1, 2].map((x) => ({ x, y: 5 }));
  const lines = [{ name: "l", colour: "#000", points }];
  const svg = plotLines("t", [{ title: "p", lines, xNames: ["none", "10,000", "a million"] }]);

  expect(svg).toContain(">10,000</text>");
  expect(svg).toContain(">a million</text>");
});

test("a longer bar stands for a larger value", () => {
  const bar = (name: string, median: number) => ({
    name,
    colour: "#000",
    median,
    min: median,
    max: median,
  });
  const svg = plotBars("t", [{ title: "p", bars: [bar("a", 10), bar("b", 40)] }]);

  const [short = 0, long = 0] = [...svg.matchAll(/width="([\d.]+)" height="18"/g)].map((found) =>
    Number(found[1]),
  );
  expect(long / short).toBeCloseTo(4, 1);
});
