import { readAttributes } from "./attributes.ts";
import { addText, cleanValue, type SizeBound } from "./clean-value.ts";
import type { IngestedEvent } from "./event.ts";
import { type EventError, eventError, kindOf } from "./event-error.ts";
import { readHostname } from "./hostname.ts";
import { readEventSeverity } from "./severity.ts";
import { MAX_EVENT_BYTES, serialisedBytes } from "./size.ts";
import { cleanText, cutText } from "./text.ts";
import { readTimestamp } from "./timestamp.ts";
import { readTrapOid, trapMessage } from "./trap.ts";

/** A longer message is cut, in UTF-16 units: 8192 is the longest that RFC 5425 asks receivers to take. */
export const MAX_MESSAGE_LENGTH = 8192;

/** How much of an unreadable timestamp, or of a severity, is kept as it was given. */
const MAX_GIVEN_LENGTH = 128;

/** Room for the names of our own fields and the three fixed-length times. */
const OWN_FIELDS_BYTES = 400;

/** What ingest knows of an event that its sender does not say. */
export interface IngestContext {
  /** The alert id. */
  id: string;
  correlationId: string;
  /** When ingest took it, in epoch milliseconds. */
  receivedAtMs: number;
}

/** An event, or the reason why it is refused. */
export type NormalisedEvent =
  | {
      ok: true;
      event: IngestedEvent;
      /** The event takes at most so many bytes as JSON in UTF-8, so that batches can be sized without writing it. */
      maxBytes: number;
    }
  | { ok: false; error: EventError };

/**
 * Turns one JSON value from a sender into an event: checked, in one vocabulary, at most
 * `MAX_EVENT_BYTES` as JSON. A page is not refused for its clock or its severity: those two fields
 * fall back (to the time of receipt, to warning) and are kept as given. It is refused for a host name,
 * message or trap OID that is missing or not text, and for its size. `raw` is not changed, though
 * its nested values may be shared.
 */
export function normaliseEvent(raw: unknown, context: IngestContext): NormalisedEvent {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    return refuse(eventError("event", `an event must be a JSON object; this is ${kindOf(raw)}`));
  }
  const given = raw as Record<string, unknown>;
  const hostname = readHostname(given);
  if (typeof hostname !== "string") return refuse(hostname);
  const trapOid = readTrapOid(given.trap_oid);
  if (typeof trapOid === "object") return refuse(trapOid);

  const bound: SizeBound = { bytes: OWN_FIELDS_BYTES };
  const severity = readEventSeverity(given);
  const attributes = readAttributes(given, severity.field, bound);
  const message = readMessage(given.message, trapOid, attributes?.variables);
  if (typeof message !== "string") return refuse(message);

  const event: IngestedEvent = {
    id: context.id,
    correlation_id: context.correlationId,
    hostname,
    message: cleanText(cutText(message, MAX_MESSAGE_LENGTH)),
    severity: severity.severity,
    timestamp: "",
    received_at: receivedAt(context.receivedAtMs),
  };
  if (message.length > MAX_MESSAGE_LENGTH) event.truncated = true;
  if (severity.given !== undefined) event.severity_given = givenText(severity.given);
  if (trapOid !== undefined) event.trap_oid = trapOid;
  if (attributes !== undefined) event.attributes = attributes;
  setTimestamp(event, given.timestamp, context.receivedAtMs);
  return withinSize(event, bound);
}

function refuse(error: EventError): NormalisedEvent {
  return { ok: false, error };
}

function readMessage(
  message: unknown,
  trapOid: string | undefined,
  variables: unknown,
): string | EventError {
  if (typeof message === "string" && message !== "") return message;
  const isAbsent = message === undefined || message === null || message === "";
  if (isAbsent && trapOid !== undefined) return trapMessage(trapOid, variables, MAX_MESSAGE_LENGTH);
  const cure = "send text of at least 1 character, or trap_oid and variables for a trap";
  return eventError("message", `message is ${kindOf(message)}; ${cure}`);
}

function setTimestamp(event: IngestedEvent, given: unknown, receivedAtMs: number): void {
  const timestamp = readTimestamp(given, receivedAtMs);
  event.timestamp = timestamp ?? event.received_at;
  if (timestamp !== undefined || given === undefined || given === null || given === "") return;
  event.timestamp_given = givenText(given);
}

/** A value as its sender wrote it, as bounded text. */
function givenText(value: unknown): string {
  const text =
    typeof value === "string" ? value : (JSON.stringify(cleanValue(value, { bytes: 0 })) ?? "");
  return cleanText(cutText(text, MAX_GIVEN_LENGTH));
}

function withinSize(event: IngestedEvent, bound: SizeBound): NormalisedEvent {
  addText(bound, event.id);
  addText(bound, event.correlation_id);
  addText(bound, event.hostname);
  addText(bound, event.message);
  addText(bound, event.trap_oid ?? "");
  addText(bound, event.severity_given ?? "");
  addText(bound, event.timestamp_given ?? "");
  if (bound.bytes <= MAX_EVENT_BYTES) return { ok: true, event, maxBytes: bound.bytes };

  const bytes = serialisedBytes(event);
  if (bytes <= MAX_EVENT_BYTES) return { ok: true, event, maxBytes: bytes };
  const cure = `an event may have ${MAX_EVENT_BYTES}; send fewer or shorter attributes`;
  return refuse(eventError("event", `the event has ${bytes} bytes; ${cure}`));
}

/** Events of one request share their time of receipt, and writing it takes as long as all the rest. */
let lastReceived = { ms: Number.NaN, iso: "" };

function receivedAt(ms: number): string {
  if (lastReceived.ms !== ms) lastReceived = { ms, iso: new Date(ms).toISOString() };
  return lastReceived.iso;
}
