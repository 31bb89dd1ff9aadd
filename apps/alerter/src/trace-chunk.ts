import type { IngestJob } from "@mutt/queues";
import type { JobSpans, Tracing } from "@mutt/tracing";
import { type ChunkDeps, processChunk, type ReceivedChunk } from "./process-chunk.ts";
import { GiveBack } from "./stored.ts";

/**
 * Works on a chunk as `processChunk` does, with its spans: what is made of it goes on from them. What comes back to the
 * ingest queue keeps its first origins, so that each round stands beside the others in the trace.
 */
export async function traceChunk(
  tracing: Tracing,
  deps: ChunkDeps,
  chunk: ReceivedChunk & { id?: string },
): Promise<void> {
  const spans = tracing.process({
    queue: "ingest",
    id: chunk.id ?? "",
    alertIds: idsOf(chunk.data),
    origins: chunk.data.traces,
  });
  try {
    await processChunk(tracedDeps(deps, spans), chunk);
    spans.end();
  } catch (error) {
    // A chunk that goes back unfinished is told of by whoever finishes it.
    if (!(error instanceof GiveBack)) spans.end("chunk_failed");
    throw error;
  }
}

function tracedDeps(deps: ChunkDeps, spans: JobSpans): ChunkDeps {
  return {
    ...deps,
    async addDeliveries(deliveries, extras) {
      await deps.addDeliveries(deliveries, { ...extras, traces: spans.origins });
      const ids = deliveries.flatMap(({ alerts }) => alerts.map((alert) => alert.external_id));
      spans.count("forwarded", ids);
    },
    async addRetries(retries) {
      await deps.addRetries(retries);
      const ids = retries.flatMap(({ data }) => idsOf(data));
      spans.count("retried", ids);
    },
    async addDeferred(deferred) {
      await deps.addDeferred(deferred);
      spans.count("deferred", idsOf(deferred.data));
    },
    async addDeadLetters(entries) {
      await deps.addDeadLetters(
        entries.map((entry) => ({ ...entry, trace: spans.contextOf(entry.alert_id) })),
      );
      spans.gaveUp(entries);
    },
  };
}

function idsOf({ events }: IngestJob): string[] {
  return events.map(({ id }) => id);
}
