/**
 * Reads the time of an event as ISO 8601 in UTC with milliseconds, or undefined when it cannot be read.
 *
 * - RFC 3339 with any number of fraction digits (cut, not rounded, to milliseconds) and any offset;
 *   also with a space for the T, lower-case letters, slashes in the date, a comma before the
 *   fraction, `UTC` or `GMT`. Without an offset it is UTC, as RFC 3164 stamps are here. A leap second
 *   is the second after it.
 * - RFC 3164 (`Nov 24 06:01:02`, `Nov  4 06:01:02`): UTC, in the year that puts it nearest to receipt.
 *   A year before the month, after the day or at the end is taken, as are a fraction, a weekday,
 *   `UTC`, `GMT`, `Z` and the `*` or `.` of a Cisco clock that is not synchronised.
 * - Epoch numbers, also as digits: seconds, milliseconds, microseconds or nanoseconds by their size.
 *
 * A date that does not exist is not read, nor one outside the years 0000 to 9999.
 */
export function readTimestamp(value: unknown, receivedAtMs: number): string | undefined {
  if (typeof value === "number") return readEpoch(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return readRfc3339(text) ?? readRfc3164(text, receivedAtMs) ?? readEpochDigits(text);
}

/** A time in epoch milliseconds as ISO 8601, UTC; undefined outside the years 0000 to 9999. */
function isoTime(epochMs: number): string | undefined {
  return epochMs >= FIRST_MS && epochMs <= LAST_MS ? new Date(epochMs).toISOString() : undefined;
}

const FIRST_MS = Date.parse("0000-01-01T00:00:00.000Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

const ZONE = String.raw`(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?`;
const RFC3339 = new RegExp(
  String.raw`^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?${ZONE}$`,
  "i",
);
const RFC3164 =
  /^[*.]?(?:[a-z]{3},? )?(?:(\d{4}) )?([a-z]{3}) {1,2}(\d{1,2})(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?: (?:Z|UTC|GMT))?(?: (\d{4}))?:?$/i;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

interface Clock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Fraction digits as given, any number of them. */
  fraction: string | undefined;
}

function readRfc3339(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const clock = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction,
  };
  return clockToIso(clock, readOffsetMinutes(zone));
}

/** Minutes east of UTC; NaN for an offset that no clock has. */
function readOffsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone.length === 1 || /[a-z]/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", ""));
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function readRfc3164(text: string, receivedAtMs: number): string | undefined {
  const match = RFC3164.exec(text);
  if (match === null) return undefined;
  const [, yearFirst, monthName, day, yearMiddle, hour, minute, second, fraction, yearLast] = match;
  const year = yearFirst ?? yearMiddle ?? yearLast;
  const clock = {
    year: Number(year),
    month: MONTHS.indexOf((monthName ?? "").toLowerCase()) + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction,
  };
  if (year === undefined) clock.year = nearestYear(clock, receivedAtMs);
  return clockToIso(clock, 0);
}

/** The year in which the clock is nearest to receipt, among those in which its date exists. */
function nearestYear(clock: Clock, receivedAtMs: number): number {
  const received = new Date(receivedAtMs).getUTCFullYear();
  // Two leap years are up to eight years apart (1896 and 1904); any other date exists every year.
  const reach = clock.month === 2 && clock.day === 29 ? 8 : 1;
  let nearest = Number.NaN;
  let smallest = Number.POSITIVE_INFINITY;
  for (let year = received - reach; year <= received + reach; year += 1) {
    if (!isRealDate(year, clock.month, clock.day)) continue;
    const distance = Math.abs(clockToMs({ ...clock, year }) - receivedAtMs);
    if (distance < smallest) [nearest, smallest] = [year, distance];
  }
  return nearest;
}

function clockToIso(clock: Clock, offsetMinutes: number): string | undefined {
  if (!isRealDate(clock.year, clock.month, clock.day)) return undefined;
  if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) return undefined;
  // Date is several times as slow as writing the digits, and most senders give UTC.
  if (offsetMinutes === 0 && clock.second < 60) return writeUtc(clock);
  return isoTime(clockToMs(clock) - offsetMinutes * 60_000);
}

function writeUtc(clock: Clock): string {
  const date = `${pad(clock.year, 4)}-${pad(clock.month, 2)}-${pad(clock.day, 2)}`;
  const time = `${pad(clock.hour, 2)}:${pad(clock.minute, 2)}:${pad(clock.second, 2)}`;
  return `${date}T${time}.${milliseconds(clock.fraction)}Z`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function milliseconds(fraction: string | undefined): string {
  return fraction === undefined ? "000" : fraction.slice(0, 3).padEnd(3, "0");
}

function clockToMs(clock: Clock): number {
  const { year, month, day, hour, minute, second, fraction } = clock;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999: count from 400 years later, one whole cycle.
  const shifted = Date.UTC(year + 400, month - 1, day, hour, minute, second);
  return shifted - CYCLE_MS + Number(milliseconds(fraction));
}

/** The Gregorian calendar repeats after 400 years, which are 146,097 days. */
const CYCLE_MS = 146_097 * 86_400_000;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isRealDate(year: number, month: number, day: number): boolean {
  const days = month === 2 && isLeapYear(year) ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Seconds up to the year 5138, above that milliseconds, then micro- and nanoseconds. */
function readEpoch(value: number): string | undefined {
  if (!(value >= 0)) return undefined;
  if (value < 1e11) return isoTime(Math.floor(value * 1000));
  if (value < 1e14) return isoTime(Math.floor(value));
  return isoTime(Math.floor(value < 1e17 ? value / 1e3 : value / 1e6));
}

/** Only lengths that are a time in our age, so that `20251124060102` is not taken for an epoch. */
function readEpochDigits(text: string): string | undefined {
  const isEpoch = /^(?:\d{9,10}(?:\.\d+)?|\d{12,13}|\d{16}|\d{19})$/.test(text);
  return isEpoch ? readEpoch(Number(text)) : undefined;
}
