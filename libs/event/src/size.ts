import type { IngestedEvent } from "./event.ts";

/** The most that one event may take as JSON in UTF-8: 64 KiB. */
export const MAX_EVENT_BYTES = 65_536;

const encoder = new TextEncoder();

/** The bytes an event takes as JSON in UTF-8, exactly. It writes the event to count: not for the hot path. */
export function serialisedBytes(event: IngestedEvent): number {
  return encoder.encode(JSON.stringify(event)).byteLength;
}
