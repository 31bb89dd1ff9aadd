import { randomUUID } from "node:crypto";
import {
  type EventError,
  MAX_EVENTS_PER_REQUEST,
  normaliseEvent,
  parseIngestBody,
} from "@mutt/event";
import type { SizedEvent } from "./chunks.ts";
import { Refusal } from "./refusal.ts";

/** What became of one event of a request, before anything is queued. */
export type EventResult =
  | { index: number; status: "queued"; id: string }
  | { index: number; status: "rejected"; error: EventError };

/** A request's events, checked one by one. */
export interface ReadEvents {
  kind: "single" | "list";
  accepted: SizedEvent[];
  results: EventResult[];
}

/** What is stamped on every event of a request. */
export interface RequestContext {
  correlationId: string;
  /** Epoch milliseconds. */
  receivedAtMs: number;
  /** The id of the event at an index. */
  eventId(index: number): string;
}

/** A new random event id. */
export function randomEventId(): string {
  return randomUUID();
}

/**
 * Reads the events of a body. A bad event never spoils its neighbours; a body that cannot be read, or with
 * too many events, is refused as a whole by throwing.
 */
export function readEvents(
  body: Buffer,
  format: "json" | "ndjson",
  context: RequestContext,
): ReadEvents {
  const parsed = parseIngestBody(body.toString("utf8"), format);
  if (parsed.kind === "invalid") {
    throw new Refusal(400, "bad_request", parsed.detail, { extensions: { field: "body" } });
  }
  const items = parsed.kind === "single" ? [{ value: parsed.value }] : parsed.items;
  if (items.length > MAX_EVENTS_PER_REQUEST) {
    throw new Refusal(
      413,
      "too_large",
      `the request has more than ${MAX_EVENTS_PER_REQUEST} events; send smaller requests`,
    );
  }
  const accepted: SizedEvent[] = [];
  const results = items.map((item, index): EventResult => {
    if ("error" in item) return { index, status: "rejected", error: item.error };
    const result = normaliseEvent(item.value, { ...context, id: context.eventId(index) });
    if (!result.ok) return { index, status: "rejected", error: result.error };
    accepted.push({ event: result.event, bytes: result.maxBytes });
    return { index, status: "queued", id: result.event.id };
  });
  return { kind: parsed.kind, accepted, results };
}
