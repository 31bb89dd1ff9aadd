import type { Check } from "./checks.ts";

const BEAT_MS = 1000;

/** An event loop that was blocked this long is not serving anybody. */
const STALE_MS = 10_000;

/**
 * Starts the heartbeat of the event loop and returns the check that reads it.
 * A loop that stands still answers no probe at all; this also tells of one that runs but starves its timers.
 */
export function startHeartbeat(): Check {
  let lastBeat = performance.now();
  setInterval(() => {
    lastBeat = performance.now();
  }, BEAT_MS).unref();

  return {
    name: "event_loop",
    check: () => {
      const ageMs = Math.round(performance.now() - lastBeat);
      return ageMs > STALE_MS ? `the last heartbeat is ${ageMs} ms old` : undefined;
    },
  };
}
