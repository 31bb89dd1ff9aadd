/** The states of the alerter; `recovering` still sheds a little, so that what comes back does not overrun it. */
export const OVERLOAD_STATES = ["normal", "warn", "shed", "recovering"] as const;

/** One of the states. */
export type OverloadState = (typeof OVERLOAD_STATES)[number];

/** What becomes of a shed event: a dead letter at once, or put off for a while. */
export type ShedMode = "dlq" | "defer";

/** Which events are shed: the least severe first, or all alike. */
export type ShedPolicy = "progressive" | "strict";

/** The settings by which an overload is judged. */
export interface OverloadSettings {
  /** Jobs from which the alerter warns. */
  warn: number;
  /** Jobs from which it sheds; above `warn`. */
  shed: number;
  /** Age in seconds of the oldest job from which it sheds as well; 0 switches this off. */
  maxAgeSeconds: number;
  mode: ShedMode;
  policy: ShedPolicy;
}

/** One look at the queue of the forwarder. */
export interface Reading {
  /** Epoch milliseconds. */
  at: number;
  /** Jobs that wait for the forwarder. */
  depth: number;
  /** Age in seconds of the job that waits longest. */
  oldestAgeSeconds: number;
  /** Jobs that have left the queue since somebody began to count. */
  drained: number;
}

/** How the pipeline stands, as the alerters agree on it and publish it for the other processes. */
export interface Overload extends Reading {
  state: OverloadState;
  /** Epoch milliseconds at which the state was entered. */
  since: number;
  /** Jobs a second that leave the alert queue, smoothed. */
  drainRate: number;
  mode: ShedMode;
  policy: ShedPolicy;
  /** Share of the events that are to be shed: 0 to 1. */
  share: number;
  /** Depth at which shedding ends. */
  exitDepth: number;
  /** Every event of this severity or a less severe one is shed now; 8 means none of a whole severity. */
  shedFrom: number;
}

/** `shedFrom` of a pipeline that sheds no severity as a whole. */
export const SHEDS_NO_SEVERITY = 8;
