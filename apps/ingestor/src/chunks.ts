import type { IngestedEvent } from "@mutt/event";
import { type IngestJob, MAX_CHUNK_EVENTS, MAX_INGEST_JOB_BYTES } from "@mutt/queues";
import { noteOrigin, type TraceContext } from "@mutt/trace-context";

/** An event with an upper bound of its size as JSON, in bytes. */
export interface SizedEvent {
  event: IngestedEvent;
  bytes: number;
  /** The trace of the request that it came in with; only while requests are traced. */
  trace?: TraceContext;
}

/** Leaves room for the frame around the events. */
const CHUNK_BYTES = MAX_INGEST_JOB_BYTES - 1024;

/** Packs events, in order, into chunks of at most 100 events and 256 KiB. */
export function packChunks(events: Iterable<SizedEvent>): IngestJob[] {
  const chunks: IngestJob[] = [];
  let current: IngestJob | undefined;
  let bytes = 0;
  for (const sized of events) {
    const isFull =
      current !== undefined &&
      (current.events.length >= MAX_CHUNK_EVENTS || bytes + sized.bytes > CHUNK_BYTES);
    if (current === undefined || isFull) {
      current = { events: [] };
      bytes = 0;
      chunks.push(current);
    }
    current.events.push(sized.event);
    bytes += sized.bytes + 1;
    if (sized.trace) {
      current.traces ??= [];
      noteOrigin(current.traces, sized.trace, sized.event.id);
    }
  }
  // Mostly a chunk is of one request: then its only origin needs no list of ids.
  for (const { traces } of chunks) if (traces?.length === 1) delete traces[0]?.alert_ids;
  return chunks;
}

/** Bytes of one event's share of `traces` beside its tracestate: 55 of a traceparent, 36 of an id, and the frame. */
const TRACE_BYTES = 160;

/** Marks the events of a request with its trace, and counts that in their size. */
export function withTrace(events: readonly SizedEvent[], trace: TraceContext): SizedEvent[] {
  // Printable characters, of which some are escaped.
  const added = TRACE_BYTES + 2 * (trace.tracestate?.length ?? 0);
  return events.map(({ event, bytes }) => ({ event, bytes: bytes + added, trace }));
}
