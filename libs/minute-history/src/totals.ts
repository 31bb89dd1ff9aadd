import type { Redis } from "ioredis";
import { COUNTERS, type Counter } from "./fields.ts";
import { HOUR_MINUTES, hourKey, hourOf, MINUTE_KEPT_S, minuteKey, minuteOf } from "./keys.ts";
import { type Recorded, readHashes } from "./read-hashes.ts";

/** Counts of a window up to now. */
export type Totals = Record<Counter, number>;

/** Reads totals; keeps hours that are over, so that a long window costs one long reading. */
export interface TotalsReader {
  /**
   * Adds up the counters of windows, each the last so many minutes and the one under way. Where only whole hours are
   * left (after eight days), the hour in which a window begins counts by its share.
   */
  read(windowMinutes: readonly number[], nowMs: number): Promise<Totals[]>;
}

/** Late counts, after an outage, may still change hours that are over: all are read anew this often. */
const KEPT_FOR_MS = 300_000;

/** The hours before this many are not expected to change any more. */
const OPEN_HOURS = 3;

/** Makes a reader; nothing is read yet. */
export function createTotalsReader(redis: Redis, prefix: string): TotalsReader {
  let closedHours = new Map<number, Recorded | undefined>();
  let forgetAt = 0;

  const readHours = async (hours: readonly number[], nowMs: number) => {
    if (nowMs >= forgetAt) {
      closedHours = new Map();
      forgetAt = nowMs + KEPT_FOR_MS;
    }
    const unknown = hours.filter((hour) => !closedHours.has(hour));
    const found = await readHashes(
      redis,
      unknown.map((hour) => hourKey(prefix, hour)),
    );
    const fresh = new Map(unknown.map((hour, index) => [hour, found[index]] as const));
    const firstOpen = hourOf(minuteOf(nowMs)) - OPEN_HOURS;
    for (const [hour, recorded] of fresh) if (hour < firstOpen) closedHours.set(hour, recorded);
    return (hour: number) => fresh.get(hour) ?? closedHours.get(hour);
  };

  return {
    async read(windowMinutes, nowMs) {
      const windows = windowMinutes.map((minutes) => cut(minutes, minuteOf(nowMs)));
      const minutes = [...new Set(windows.flatMap((window) => window.minutes))];
      const hours = [...new Set(windows.flatMap((window) => window.hours.map(({ hour }) => hour)))];
      const [hourly, found] = await Promise.all([
        readHours(hours, nowMs),
        readHashes(
          redis,
          minutes.map((minute) => minuteKey(prefix, minute)),
        ),
      ]);
      const byMinute = new Map(minutes.map((minute, index) => [minute, found[index]] as const));
      return windows.map((window) =>
        addUp([
          ...window.minutes.map((minute) => ({ recorded: byMinute.get(minute), share: 1 })),
          ...window.hours.map(({ hour, share }) => ({ recorded: hourly(hour), share })),
        ]),
      );
    },
  };
}

/** A window as the minutes and hours that make it up. */
interface Cut {
  minutes: number[];
  hours: { hour: number; share: number }[];
}

/** Cuts the last `length` minutes before `now`, and `now` itself, into minutes at both ends and hours between. */
function cut(length: number, now: number): Cut {
  const first = now - length;
  const firstWhole = Math.ceil(first / HOUR_MINUTES);
  const firstOpen = hourOf(now);
  // Hours are worth their while from the second on.
  if (firstOpen <= firstWhole) return { minutes: range(first, now + 1), hours: [] };
  const hours = range(firstWhole, firstOpen).map((hour) => ({ hour, share: 1 }));
  const tail = range(firstOpen * HOUR_MINUTES, now + 1);
  const head = range(first, firstWhole * HOUR_MINUTES);
  const areHeadMinutesKept = length < MINUTE_KEPT_S / 60;
  if (areHeadMinutesKept) return { minutes: [...head, ...tail], hours };
  const share = head.length / HOUR_MINUTES;
  return { minutes: tail, hours: share > 0 ? [{ hour: firstWhole - 1, share }, ...hours] : hours };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function addUp(parts: readonly { recorded: Recorded | undefined; share: number }[]): Totals {
  const totals = Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Totals;
  for (const { recorded, share } of parts) {
    if (recorded === undefined) continue;
    for (const counter of COUNTERS) totals[counter] += (recorded[counter] ?? 0) * share;
  }
  return totals;
}
