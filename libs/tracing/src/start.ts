import type { TracingSettings } from "./settings.ts";
import type { Tracing } from "./tracing.ts";

/** Who traces, and what it takes. */
export interface TracingOptions {
  /** `undefined` turns tracing off. */
  settings: TracingSettings | undefined;
  /** Name of the app. */
  service: string;
  version: string;
  /** Tells the processes of one app apart. */
  instance: string;
  logger: {
    warn(message: string, fields?: Record<string, unknown>): unknown;
    info(message: string, fields?: Record<string, unknown>): unknown;
  };
  /** Fires when there is no more time to wait for a collector. */
  giveBack: AbortSignal;
}

/**
 * Starts tracing; resolves with nothing when it is off, and then nothing of OpenTelemetry is loaded. The collector is
 * not asked: without one the spans are dropped, which is logged once an outage.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const { settings } = options;
  if (settings === undefined) return undefined;
  const { createTracing } = await import("./create-tracing.ts");
  return createTracing({ ...options, settings });
}
