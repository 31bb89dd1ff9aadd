import { expect, test } from "vitest";
import type { SoakSample } from "./soak-samples.ts";
import { soakRows } from "./soak-trends.ts";

const MIB = 1024 ** 2;

/** Half an hour of samples of one figure, one every ten seconds. */
function sampled(value: (seconds: number) => number): SoakSample[] {
  return Array.from({ length: 181 }, (_, index) => ({
    at: index * 10,
    readings: [{ process: "alerter", watch: "resident", value: value(index * 10) }],
  }));
}

test("memory that grows at first and then no more is flat", () => {
  const [row] = soakRows(sampled((seconds) => Math.min(150, 100 + seconds / 10) * MIB));

  expect(row).toMatchObject({ start: 100 * MIB, end: 150 * MIB, max: 150 * MIB, isFlat: true });
});

test("memory that goes up and down without end is flat", () => {
  const [row] = soakRows(sampled((seconds) => (100 + 20 * Math.sin(seconds)) * MIB));

  expect(row?.isFlat).toBe(true);
});

test("memory that grows by 40 MiB an hour to the end is not flat, however it goes up and down", () => {
  const [row] = soakRows(sampled((s) => (100 + (s * 40) / 3600 + 2 * Math.sin(s)) * MIB));

  expect((row?.trend?.slope ?? 0) / MIB).toBeCloseTo(40, -1);
  expect(row?.isFlat).toBe(false);
});

test("memory that shrinks is flat", () => {
  expect(soakRows(sampled((seconds) => (200 - seconds / 20) * MIB))[0]?.isFlat).toBe(true);
});

test("too few samples tell nothing, and that is not flat", () => {
  const few = sampled(() => 100 * MIB).slice(0, 2);

  expect(soakRows(few)[0]).toMatchObject({ trend: undefined, isFlat: false });
  expect(soakRows([])).toEqual([]);
});
