import { requestBody } from "./request.ts";

/** How a service objective stands. */
export type SloState = "ok" | "warn" | "critical" | "unknown";

/** One window of a pair. */
interface BurnWindow {
  window: string;
  error_ratio: number | null;
  burn_rate: number | null;
}

/** A long and a short window that both have to burn faster than the threshold. */
export interface BurnPair {
  severity: "critical" | "warn";
  threshold: number;
  breached: boolean;
  evaluable: boolean;
  reason: string | null;
  long: BurnWindow;
  short: BurnWindow;
}

/** What was last known of an objective that cannot be told now. */
interface LastKnown {
  state: SloState;
  availability: number | null;
  error_budget_remaining: number | null;
  burn_rate: number | null;
  /** ISO 8601. */
  evaluated_at: string;
  age_seconds?: number;
}

/** One service objective; ratios are 0 to 1, `null` where nothing can be said. */
export interface SloComponent {
  slo: string;
  description?: string;
  target: number;
  availability: number | null;
  error_budget_remaining: number | null;
  burn_rate: number | null;
  windows: BurnPair[];
  events?: { total: number | null; bad: number | null } | null;
  coverage?: number | null;
  state: SloState;
  reason?: string | null;
  flags?: { insufficient_history: boolean };
  last_known?: LastKnown | null;
}

/** All service objectives at one moment. */
export interface SloReport {
  /** ISO 8601. */
  generated_at: string;
  state: SloState;
  window_hours: number;
  source: string;
  prometheus?: { available: boolean; error: string | null };
  components: { ingestor: SloComponent; forwarder: SloComponent };
}

/** Reads the objectives; never refused for want of data. */
export function readSlo(signal: AbortSignal): Promise<SloReport> {
  return requestBody<SloReport>("api/v1/slo", { signal });
}
