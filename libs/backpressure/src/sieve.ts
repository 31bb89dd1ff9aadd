import type { Cut } from "./cut.ts";
import type { Candidate } from "./traffic.ts";

/** Decides alert by alert. */
export interface Sieve {
  /** Whether this one is shed. */
  sheds(candidate: Candidate, cut: Cut): boolean;
}

/**
 * Makes a sieve that turns shares into decisions without chance: what a share leaves over is carried to the next
 * alert, so that of ten alerts with a share of 0.3 three go, and the first to come under a share goes at once.
 */
export function createSieve(): Sieve {
  let carried = 1;
  return {
    sheds(candidate, cut) {
      const share = cut.shareOf(candidate);
      if (share >= 1) return true;
      if (share <= 0) return false;
      carried += share;
      if (carried < 1) return false;
      carried -= 1;
      return true;
    },
  };
}
