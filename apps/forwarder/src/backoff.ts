/** Bounds of the pause before a retry. */
export interface BackoffBounds {
  baseMs: number;
  maxMs: number;
}

/**
 * Capped exponential backoff with full jitter: anywhere between nothing and `base * 2^(failures - 1)`, at most
 * the cap ("full jitter" as in the AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
 */
export function backoffMs(
  failures: number,
  { baseMs, maxMs }: BackoffBounds,
  random: () => number = Math.random,
): number {
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** Math.max(0, failures - 1)));
}
