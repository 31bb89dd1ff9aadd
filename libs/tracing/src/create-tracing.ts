import { createOutageLog } from "@mutt/redis";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { startJobSpans } from "./job-spans.ts";
import { startRequestSpan } from "./request-span.ts";
import { samplerOf } from "./sampler.ts";
import type { TracingSettings } from "./settings.ts";

import type { TracingOptions } from "./start.ts";
import type { Tracing } from "./tracing.ts";
import { watchExporter } from "./watch-exporter.ts";

/** Ended spans that wait for the collector at most; further ones are dropped. About 2 KB each. */
const MAX_WAITING_SPANS = 4096;

/** A trace can be seen after about this time, in milliseconds. */
const EXPORT_EVERY_MS = 1000;

/** Longest time of one export with its repeats, in milliseconds. */
const EXPORT_TIMEOUT_MS = 5000;

/** Longest wait for the last export, in milliseconds. */
const LAST_EXPORT_MS = 1000;

/** Longest wait for it when the process is at its deadline. */
const GOODBYE_MS = 150;

/** Makes the tracing of one process; nothing is registered globally, and no context follows calls by itself. */
export function createTracing(
  options: TracingOptions & { settings: TracingSettings },
  exporter: SpanExporter = new OTLPTraceExporter({
    url: options.settings.url,
    headers: options.settings.headers,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  }),
): Tracing {
  const { settings, service, version } = options;
  const outage = createOutageLog(options.logger, "exporting traces (spans are dropped)");
  const provider = new TracerProvider({
    sampler: samplerOf(settings),
    resource: defaultResource().merge(
      resourceFromAttributes({
        "service.name": settings.serviceName ?? `mutt-${service}`,
        "service.namespace": "mutt",
        "service.version": version,
        "service.instance.id": options.instance,
      }),
    ),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: watchExporter(exporter, outage),
        maxQueueSize: MAX_WAITING_SPANS,
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: 2 * EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer("mutt", version);
  return {
    receive: (request) => startRequestSpan(tracer, request),
    process: (job) => startJobSpans(tracer, job),
    async [Symbol.asyncDispose]() {
      // What cannot be told by then is lost: a collector never holds up the end of a process.
      await within(provider.shutdown(), options.giveBack);
    },
  };
}

async function within(work: Promise<void>, giveBack: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timers = [setTimeout(resolve, LAST_EXPORT_MS)];
  const hurry = (): void => void timers.push(setTimeout(resolve, GOODBYE_MS));
  if (giveBack.aborted) hurry();
  else giveBack.addEventListener("abort", hurry, { once: true });
  work.then(resolve, () => resolve());
  await promise;
  for (const timer of timers) clearTimeout(timer);
  giveBack.removeEventListener("abort", hurry);
}
