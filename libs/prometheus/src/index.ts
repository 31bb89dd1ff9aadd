export { openPrometheus, type PrometheusClient, type PrometheusOptions } from "./client.ts";
export { PrometheusError, type PrometheusErrorReason } from "./prometheus-error.ts";
export { QUERY_RESULTS, type QueryResult, readSlos, type SloReadings } from "./read-slos.ts";
