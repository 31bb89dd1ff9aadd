/** The middle of some numbers and how far they lie apart. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** Percentiles of times, in milliseconds. */
export interface Percentiles {
  p50: number;
  p99: number;
  max: number;
}

/** Sums up the results of several rounds; `undefined` of none. */
export function summarise(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  const upper = at(sorted, Math.floor(middle));
  const median = Number.isInteger(middle) ? (at(sorted, middle - 1) + upper) / 2 : upper;
  return { median, min: at(sorted, 0), max: at(sorted, sorted.length - 1) };
}

/** Percentiles by nearest rank; `undefined` of nothing. */
export function percentiles(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number => at(sorted, Math.ceil(share * sorted.length) - 1);
  return { p50: rank(0.5), p99: rank(0.99), max: rank(1) };
}

function at(sorted: Float64Array, index: number): number {
  return sorted[index] ?? Number.NaN;
}
