import type { WindowName } from "./burn-pairs.ts";

/** Why a state cannot be told. */
export type UnknownReason =
  /** Prometheus cannot be reached, or not in time. */
  | "prometheus_unavailable"
  /** It refused a query, or answered with something else than was asked for. */
  | "query_error"
  /** It answered with NaN or an infinite number. */
  | "bad_value"
  /** The counters in Redis cannot be read. */
  | "redis_unavailable"
  /** Nobody counts: the app does not run, or is not scraped. */
  | "metrics_absent"
  /** There was nothing to count in the whole window. */
  | "no_traffic";

/** What was counted in one window. */
export interface WindowCounts {
  /** `null`: no sample. */
  total: number | null;
  bad: number | null;
  /** Share of the window in which somebody counted: 0 to 1. `null` where that was not asked. */
  coverage: number | null;
}

/** The numbers from which one objective is judged, or why there are none. */
export type SloReading =
  | {
      kind: "counts";
      windows: Readonly<Partial<Record<WindowName, WindowCounts>>>;
      /** The whole window of the objective. */
      period: WindowCounts;
      /** Age of the newest count in seconds. */
      ageSeconds: number | null;
    }
  | { kind: "none"; reason: UnknownReason };
