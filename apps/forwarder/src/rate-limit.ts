/** BullMQ's limit: so many job starts in so many milliseconds. */
export interface StartLimit {
  max: number;
  durationMs: number;
}

/** "Off" for BullMQ: a limit must exist, or a pause of the whole queue would not be looked at. */
const UNLIMITED: StartLimit = { max: 1_000_000_000, durationMs: 1000 };

/** Short windows spread the requests; more of them would only wake the workers more often. */
const MAX_WINDOWS = 25;

/** With fewer windows than this, keeping one free would cost too much of the rate. */
const MIN_STRICT_WINDOWS = 10;

/**
 * Turns "so many deliveries per period" into a limit for BullMQ, whose window is fixed and is used up at its
 * start. One window of the whole period would let twice the rate through where two of them meet. So the period
 * is cut into windows, one fewer than would fit the rate: any stretch of one period, wherever it starts, touches
 * at most all of them, and the rate is never exceeded (50 a second become 2 in 42 ms, which is 47.6 a second).
 */
export function toStartLimit(limit: number, periodSeconds: number): StartLimit {
  if (limit === 0) return UNLIMITED;
  const max = Math.ceil(limit / MAX_WINDOWS);
  const windows = Math.floor(limit / max);
  const periodMs = periodSeconds * 1000;
  const isStrict = windows >= MIN_STRICT_WINDOWS;
  return { max, durationMs: Math.ceil(periodMs / (isStrict ? windows - 1 : windows)) };
}
