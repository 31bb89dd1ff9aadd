import {
  openPrometheus,
  type PrometheusOptions,
  type QueryResult,
  readSlos,
} from "@mutt/prometheus";
import type { SloSource } from "./slo-source.ts";

/** The longest wait for all queries together, which run side by side. */
const DEADLINE_MS = 5000;

/** Makes the source that asks Prometheus. */
export function openPrometheusSource(
  options: PrometheusOptions,
  onQuery: (result: QueryResult) => void,
): SloSource {
  const client = openPrometheus(options);
  return {
    name: "prometheus",
    read: (settings, now) =>
      readSlos(client, { settings, now, signal: AbortSignal.timeout(DEADLINE_MS), onQuery }),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
