import { type Trend, trendOf } from "../scenarios/statistics.ts";
import type { SoakSample, Watch } from "./soak-samples.ts";

/** How one figure of one process went over the run. */
export interface SoakRow {
  process: string;
  watch: Watch;
  start: number;
  end: number;
  max: number;
  /** Per hour, over the second half of the run: before that, caches fill and code is compiled. */
  trend: Trend | undefined;
  isFlat: boolean;
}

/** Growth per hour that is put up with: a process that keeps on like that for a day still fits its limits. */
const FLAT_PER_HOUR: Record<Watch, number> = {
  resident: 10 * 1024 ** 2,
  heap: 10 * 1024 ** 2,
  data: 10 * 1024 ** 2,
  "open files": 2,
  handles: 2,
};

/** Standard errors within which a slope cannot be told from none. */
const UNTOLD_ERRORS = 2;

const SECONDS_PER_HOUR = 3600;

/** Follows every figure through the samples, process after process. */
export function soakRows(samples: readonly SoakSample[]): SoakRow[] {
  const [first] = samples;
  const half = samples.slice(Math.floor(samples.length / 2));
  const byProcess = Map.groupBy(first?.readings ?? [], ({ process }) => process);
  return [...byProcess.values()].flat().map(({ process, watch }) => {
    const points = pointsOf(samples, process, watch);
    const trend = perHour(trendOf(pointsOf(half, process, watch)));
    return {
      process,
      watch,
      start: points[0]?.y ?? Number.NaN,
      end: points.at(-1)?.y ?? Number.NaN,
      max: points.reduce((max, { y }) => Math.max(max, y), Number.NEGATIVE_INFINITY),
      trend,
      isFlat: trend !== undefined && isFlat(trend, FLAT_PER_HOUR[watch]),
    };
  });
}

/** One figure of one process over time. */
export function pointsOf(
  samples: readonly SoakSample[],
  process: string,
  watch: Watch,
): { x: number; y: number }[] {
  return samples.flatMap(({ at, readings }) =>
    readings
      .filter((reading) => reading.process === process && reading.watch === watch)
      .map(({ value }) => ({ x: at, y: value })),
  );
}

/** Whether something grows by no more than is put up with, or so little that it may be chance. */
function isFlat({ slope, error }: Trend, limit: number): boolean {
  return slope <= Math.max(limit, UNTOLD_ERRORS * error);
}

function perHour(trend: Trend | undefined): Trend | undefined {
  if (trend === undefined) return undefined;
  return { slope: trend.slope * SECONDS_PER_HOUR, error: trend.error * SECONDS_PER_HOUR };
}
