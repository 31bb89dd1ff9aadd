export { deriveId } from "./derive-id.ts";
export type { IngestedEvent, Severity } from "./event.ts";
export type { EventError } from "./event-error.ts";
export {
  type IngestBody,
  type IngestItem,
  MAX_EVENTS_PER_REQUEST,
  parseIngestBody,
} from "./ingest-body.ts";
export { MAX_PATTERN_LENGTH, messagePattern } from "./message-pattern.ts";
export {
  type IngestContext,
  MAX_MESSAGE_LENGTH,
  type NormalisedEvent,
  normaliseEvent,
} from "./normalise-event.ts";
export { readSeverity, severityName } from "./severity.ts";
export { MAX_EVENT_BYTES, serialisedBytes } from "./size.ts";
