/** The states of the alerter; `recovering` still sheds a little, so that what comes back does not overrun it. */
export const OVERLOAD_STATES = ["normal", "warn", "shed", "recovering"] as const;

/** One of the states. */
export type OverloadState = (typeof OVERLOAD_STATES)[number];

/** What becomes of a shed event: a dead letter at once, or put off for a while. */
export type ShedMode = "dlq" | "defer";

/** Which events are shed: the least severe first, or all alike. */
export type ShedPolicy = "progressive" | "strict";

/** How the pipeline stands, as the alerters agree on it and publish it for the other processes. */
export interface Overload {
  state: OverloadState;
  /** Epoch milliseconds at which the state was entered. */
  since: number;
  /** Epoch milliseconds of the last reading. */
  at: number;
  /** Jobs that wait for the forwarder. */
  depth: number;
  /** Age in seconds of the job that waits longest. */
  oldestAgeSeconds: number;
  /** Jobs a second that leave the alert queue, smoothed. */
  drainRate: number;
  mode: ShedMode;
  policy: ShedPolicy;
  /** Share of the events that are to be shed: 0 to 1. */
  share: number;
  /** Every event of this severity or a less severe one is shed now; 8 means none of a whole severity. */
  shedFrom: number;
}
