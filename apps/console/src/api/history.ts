import { requestBody } from "./request.ts";

/** What happened over time; all series are as long as `minutes`, `null` where nobody measured. */
export interface History {
  /** Minutes that are one point. */
  step: number;
  /** The first minute of each point, in minutes since 1970. */
  minutes: number[];
  /** By name: sums of what is counted, highest values of what is looked at. */
  series: Record<string, (number | null)[]>;
}

/** Reads what happened in the last `minutes`; the server makes few points of many minutes. */
export function readHistory(minutes: number, signal: AbortSignal): Promise<History> {
  return requestBody<History>("api/v1/history", { query: { minutes }, signal });
}
