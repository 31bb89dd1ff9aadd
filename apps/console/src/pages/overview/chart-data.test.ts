import { expect, test } from "vitest";
import { chartData } from "./chart-data.ts";

const HISTORY = {
  step: 2,
  minutes: [100, 102, 104],
  series: {
    alert_depth: [5, null, 7],
    dlq_alerter: [1, 1, 1],
    dlq_forwarder: [2, null, 2],
    dlq_dead: [0, 0, 0],
    forward_good: [20, null, 0],
    replay_good: [2, null, 0],
  },
};

const line = (lines: { name: string; values: unknown }[], name: string): unknown =>
  lines.find((each) => each.name === name)?.values;

test("what is looked at is drawn as it is, and what nobody measured is a gap", () => {
  const { times, waiting } = chartData(HISTORY);
  expect(times).toEqual([6000, 6120, 6240]);
  expect(line(waiting, "deliveries")).toEqual([5, null, 7]);
  expect(line(waiting, "dead letters")).toEqual([3, null, 3]);
});

test("what is counted is drawn per minute, also where a point is several minutes", () => {
  expect(line(chartData(HISTORY).outcomes, "delivered")).toEqual([11, null, 0]);
});

test("a series that the server does not have is a line without points", () => {
  expect(line(chartData(HISTORY).outcomes, "shed")).toEqual([null, null, null]);
  expect(chartData(undefined).times).toEqual([]);
});
