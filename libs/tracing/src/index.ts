export { TracingEnv, type TracingSettings, tracingSettings } from "./settings.ts";
export { startTracing, type TracingOptions } from "./start.ts";
export type { JobSpans, RequestSpan, Tracing } from "./tracing.ts";
