/** Milliseconds of a minute. */
export const MINUTE_MS = 60_000;

/** Minutes of an hour. */
export const HOUR_MINUTES = 60;

/** How long minutes are kept, in seconds: seven days for the charts, and one to spare. */
export const MINUTE_KEPT_S = 8 * 24 * 3600;

/** How long hours are kept, in seconds: the longest SLO window (8760 h), and two days to spare. */
export const HOUR_KEPT_S = (8760 + 48) * 3600;

/** Hash of what was counted and seen in one minute; `minute` is the number of minutes since 1970. */
export function minuteKey(prefix: string, minute: number): string {
  return `${prefix}:minute:${minute}`;
}

/** Hash of what was counted in one hour; `hour` is the number of hours since 1970. */
export function hourKey(prefix: string, hour: number): string {
  return `${prefix}:hour:${hour}`;
}

/** The minute that a moment lies in. */
export function minuteOf(epochMs: number): number {
  return Math.floor(epochMs / MINUTE_MS);
}

/** The hour that a minute lies in. */
export function hourOf(minute: number): number {
  return Math.floor(minute / HOUR_MINUTES);
}
