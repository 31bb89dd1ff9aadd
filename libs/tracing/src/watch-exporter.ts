import type { OutageLog } from "@mutt/redis";
import { ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

/** Lets an exporter's failures be known: the SDK itself is silent about them. */
export function watchExporter(exporter: SpanExporter, outage: OutageLog): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) outage.succeeded();
        else outage.failed(result.error ?? "the collector did not take them");
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
