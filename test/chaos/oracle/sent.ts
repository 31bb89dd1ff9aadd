/** What the rules make of an event: forwarded, logged, known to no rule, or not even accepted. */
export type EventKind = "forward" | "poison" | "log" | "stray" | "invalid";

/** An event as it was sent, with what tells it from every other. */
export interface SentEvent {
  marker: string;
  kind: EventKind;
  hostname: string;
  body: Record<string, unknown>;
}

/** One try to hand a request over. */
export interface Attempt {
  /** Epoch milliseconds. */
  at: number;
  endedAt: number;
  /** Status of the answer, or why there was none. */
  outcome: number | string;
  /** The `reason` of a refusal. */
  reason?: string;
}

/** One request with all that became of it. */
export interface SentRequest {
  id: number;
  sender: number;
  shape: "single" | "array" | "ndjson";
  idempotencyKey?: string;
  events: SentEvent[];
  attempts: Attempt[];
  /** Ids of the events by their place, once the request was answered 202; `undefined` for a rejected one. */
  ids?: (string | undefined)[];
  /** What no sender should ever be answered. */
  problem?: string;
}

/** An event that was answered 202. */
export interface AcceptedEvent {
  id: string;
  event: SentEvent;
  request: SentRequest;
}

/** Refusals after which the events may be in the queue all the same. */
const UNCERTAIN_REASONS = new Set(["redis_unavailable", "internal"]);

/** Whether nobody can say if the events of this try came in. */
function isUncertain({ outcome, reason }: Attempt): boolean {
  return typeof outcome === "string" || UNCERTAIN_REASONS.has(reason ?? "");
}

/** Tries of a request after which its events may have come in without its sender knowing. */
export function uncertainAttempts(request: SentRequest): number {
  return request.attempts.filter(isUncertain).length;
}

/** All events that were answered 202. */
export function acceptedEvents(requests: readonly SentRequest[]): AcceptedEvent[] {
  return requests.flatMap((request) =>
    request.events.flatMap((event, index) => {
      const id = request.ids?.[index];
      return id === undefined ? [] : [{ id, event, request }];
    }),
  );
}

const MARKER = /mark-\d+-\d+-\d+/;

/** The marker in a text that was made of an event. */
export function markerIn(text: unknown): string | undefined {
  return typeof text === "string" ? MARKER.exec(text)?.[0] : undefined;
}
