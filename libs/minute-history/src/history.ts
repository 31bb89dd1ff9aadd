import type { Redis } from "ioredis";
import { COUNTERS, type Field, GAUGES } from "./fields.ts";
import { minuteKey } from "./keys.ts";
import { type Recorded, readHashes } from "./read-hashes.ts";

/** Which stretch of the history is wanted. */
export interface HistoryRange {
  /** Minutes since 1970; the last one is part of it. */
  fromMinute: number;
  toMinute: number;
  /** Minutes that become one point; made longer where there would be more points than `MAX_POINTS`. */
  step: number;
}

/** Series of equal length for charts. */
export interface History {
  step: number;
  /** The first minute of each point. */
  minutes: number[];
  /** Sums of counters, highest values of gauges; `null` where nothing was recorded. */
  series: Record<Field, (number | null)[]>;
}

/** Points of one answer at most. */
export const MAX_POINTS = 1500;

/** Minutes are kept for a week: nobody gets to ask for more, so that a wrong number cannot ask for everything. */
const MAX_MINUTES = 7 * 24 * 60;

/** Reads the history for charts; minutes before the last seven days of the range are left out. */
export async function readHistory(
  { redis, prefix }: { redis: Redis; prefix: string },
  range: HistoryRange,
): Promise<History> {
  const toMinute = Math.floor(range.toMinute);
  const asked = Math.floor(range.fromMinute);
  const fromMinute = Math.max(Math.min(asked, toMinute), toMinute - MAX_MINUTES + 1);
  const span = toMinute - fromMinute + 1;
  const step = Math.max(1, Math.floor(range.step), Math.ceil(span / MAX_POINTS));
  const keys = Array.from({ length: span }, (_, index) => minuteKey(prefix, fromMinute + index));
  const recorded = await readHashes(redis, keys);

  const points = Math.ceil(span / step);
  const minutes = Array.from({ length: points }, (_, index) => fromMinute + index * step);
  const slices = minutes.map((_, index) => recorded.slice(index * step, (index + 1) * step));
  const series = {} as History["series"];
  for (const counter of COUNTERS) series[counter] = slices.map((slice) => sumOf(slice, counter));
  for (const gauge of GAUGES) series[gauge] = slices.map((slice) => highestOf(slice, gauge));
  return { step, minutes, series };
}

function sumOf(slice: readonly (Recorded | undefined)[], field: Field): number | null {
  const present = slice.filter((minute) => minute !== undefined);
  if (present.length === 0) return null;
  return present.reduce((total, minute) => total + (minute[field] ?? 0), 0);
}

function highestOf(slice: readonly (Recorded | undefined)[], field: Field): number | null {
  const values = slice.flatMap((minute) => minute?.[field] ?? []);
  return values.length === 0 ? null : Math.max(...values);
}
