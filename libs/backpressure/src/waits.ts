import type { Overload } from "./overload.ts";

/** The settings by which events are put off. */
export interface DeferSettings {
  /** The first wait, in milliseconds; it doubles with each further one. */
  sleepMs: number;
  /** The longest wait, in milliseconds. */
  maxMs: number;
}

/** Doublings beyond this change nothing, since every maximum is reached by then. */
const MAX_DOUBLINGS = 30;

/**
 * How long an event is put off for the `defers`-th time (0 is the first), in milliseconds: half to one and a half
 * times the doubled wait, so that what was put off together does not come back together, and at most the maximum.
 * `chance` is from 0 to 1.
 */
export function deferMs(defers: number, { sleepMs, maxMs }: DeferSettings, chance: number): number {
  const doubled = sleepMs * 2 ** Math.min(defers, MAX_DOUBLINGS);
  return Math.ceil(Math.min(doubled, maxMs / 1.5) * (0.5 + chance));
}

const SHORTEST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;

/**
 * How long a sender should wait until the queue has drained to where shedding ends, in milliseconds: 1 s to
 * 5 minutes, a fifth more or less so that senders do not come back together. `chance` is from 0 to 1.
 */
export function retryAfterMs(
  { depth, exitDepth, drainRate }: Pick<Overload, "depth" | "exitDepth" | "drainRate">,
  chance: number,
): number {
  const excess = Math.max(0, depth - exitDepth);
  const drainMs = drainRate > 0 ? (excess * 1000) / drainRate : LONGEST_RETRY_MS;
  const waitMs = Math.min(Math.max(drainMs, SHORTEST_RETRY_MS), LONGEST_RETRY_MS);
  return Math.min(LONGEST_RETRY_MS, Math.ceil(waitMs * (0.8 + 0.4 * chance)));
}
