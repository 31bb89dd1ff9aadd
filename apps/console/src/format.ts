// How numbers, times and durations read on the page. Pure, and in one place, so that pages agree.

const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** What stands where nothing is known. */
export const NOTHING = "–";

/** A count, whole and with separators. */
export function formatCount(count: number | null | undefined): string {
  return count == null ? NOTHING : NUMBER.format(count);
}

/** A count that must be short, as on an axis. */
export function formatShort(count: number): string {
  return COMPACT.format(count);
}

/** A ratio of 0 to 1 as a percentage. */
export function formatPercent(ratio: number | null | undefined, digits = 1): string {
  return ratio == null ? NOTHING : `${(ratio * 100).toFixed(digits)} %`;
}

/**
 * An availability as a percentage, with as many digits as it takes to tell it from 100 %: rounding up to
 * "100.00 %" would hide the failures.
 */
export function formatAvailability(ratio: number | null | undefined): string {
  if (ratio == null) return NOTHING;
  if (ratio >= 1) return "100 %";
  // The margin is for what binary fractions make of 0.99999.
  const places = Math.ceil(-Math.log10((1 - ratio) * 100) - 1e-6);
  const digits = Math.min(Math.max(2, places), 6);
  const factor = 10 ** (digits + 2);
  return `${((Math.floor(ratio * factor + 1e-6) / factor) * 100).toFixed(digits)} %`;
}

/** A burn rate: how many times faster than allowed the error budget goes. */
export function formatBurn(rate: number | null | undefined): string {
  if (rate == null) return NOTHING;
  return `${rate >= 100 ? NUMBER.format(Math.round(rate)) : rate.toFixed(rate >= 10 ? 0 : 1)}×`;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** A duration in its two largest units. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null) return NOTHING;
  const whole = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  if (first < 0) return "0 s";
  const [name = "s", size = 1] = UNITS[first] ?? [];
  const [nextName, nextSize] = UNITS[first + 1] ?? [];
  const rest = nextSize === undefined ? 0 : Math.floor((whole % size) / nextSize);
  const head = `${Math.floor(whole / size)} ${name}`;
  return rest > 0 && Math.floor(whole / size) < 10 ? `${head} ${rest} ${nextName}` : head;
}

/** A duration in one unit, for an axis. */
export function formatSpan(seconds: number): string {
  const [name, size] = UNITS.find(([, unit]) => seconds >= unit) ?? ["s", 1];
  return `${NUMBER.format(seconds / size)} ${name}`;
}

/** How long ago something was. */
export function formatAgo(at: string | number, now: number): string {
  const seconds = (now - new Date(at).getTime()) / 1000;
  return seconds < 1 ? "just now" : `${formatDuration(seconds)} ago`;
}

const CLOCK = new Intl.DateTimeFormat("sv", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** A moment in the time zone of the browser, to the second. */
export function formatTime(at: string | number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : CLOCK.format(date);
}

/** A value of an audit entry or setting, short enough for a line. */
export function formatValue(value: unknown): string {
  if (value === undefined) return NOTHING;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** "1 entry", "2 entries". */
export function formatPlural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
