/** How values are laid out along an axis. */
export interface Scale {
  /** Where a value lies: 0 at the low end of the axis, 1 at its high end. */
  at(value: number): number;
  /** Round values to be written at the axis, in rising order. */
  ticks: number[];
}

/** The kinds of axis. */
export type ScaleKind = "linear" | "log";

/** Ticks of a linear axis, about. */
const TICKS = 4;

/** Makes the scale that holds all the values. A linear one begins at 0 unless some value lies below. */
export function createScale(kind: ScaleKind, values: readonly number[]): Scale {
  return kind === "linear" ? linearScale(values) : logScale(values);
}

/** A linear scale from 0 that ends at the highest value, which need not be round: time goes on to its very end. */
export function tightScale(values: readonly number[]): Scale {
  const { at, ticks } = linearScale(values);
  const high = values.reduce((max, value) => Math.max(max, value), 0);
  const end = at(high) || 1;
  return { at: (value) => at(value) / end, ticks: ticks.filter((tick) => at(tick) <= end) };
}

function linearScale(values: readonly number[]): Scale {
  const low = values.reduce((min, value) => Math.min(min, value), 0);
  const high = values.reduce((max, value) => Math.max(max, value), low);
  const step = roundStep((high - low || 1) / TICKS);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { at: (value) => (value / step - first) / (last - first), ticks };
}

/** Whole powers of ten, so that neighbouring ticks lie apart by the same factor; values have to be above 0. */
function logScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(positive.reduce((min, value) => Math.min(min, value), Infinity));
  const high = Math.ceil(positive.reduce((max, value) => Math.max(max, value), -Infinity));
  const first = Number.isFinite(low) ? low : 0;
  const last = Math.max(first + 1, Number.isFinite(high) ? high : 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return {
    at: (value) => (value > 0 ? (Math.log10(value) - first) / (last - first) : 0),
    ticks,
  };
}

/** The smallest of 1, 2, 5 times a power of ten that is not below a number above 0. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= least * 0.999) ?? 10;
  return factor * power;
}
