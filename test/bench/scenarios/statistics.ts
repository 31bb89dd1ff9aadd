/** The middle of some numbers and how far they lie apart. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** Percentiles of times, in milliseconds. */
export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** A straight line through points: its slope in y per x, and the standard error of that. */
export interface Trend {
  slope: number;
  error: number;
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
  return { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) };
}

/**
 * The line of least squares through points. Fewer than three points, or points above each other, have no trend that can
 * be told: `undefined`.
 */
export function trendOf(points: readonly { x: number; y: number }[]): Trend | undefined {
  const count = points.length;
  if (count < 3) return undefined;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  let spread = 0;
  let joint = 0;
  for (const { x, y } of points) {
    spread += (x - meanX) ** 2;
    joint += (x - meanX) * (y - meanY);
  }
  if (spread === 0) return undefined;
  const slope = joint / spread;
  const rest = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}

function at(sorted: Float64Array, index: number): number {
  return sorted[index] ?? Number.NaN;
}
