import type { IngestedEvent } from "@mutt/event";
import { type IngestJob, MAX_CHUNK_EVENTS, MAX_INGEST_JOB_BYTES } from "@mutt/queues";

/** An event with an upper bound of its size as JSON, in bytes. */
export interface SizedEvent {
  event: IngestedEvent;
  bytes: number;
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
  }
  return chunks;
}
