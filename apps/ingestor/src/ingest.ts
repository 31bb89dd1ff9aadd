import type { IncomingMessage } from "node:http";
import { deriveId, type IngestedEvent } from "@mutt/event";
import type { RequestSpan } from "@mutt/tracing";
import { withTrace } from "./chunks.ts";
import { DeadlineError, withDeadline } from "./deadline.ts";
import type { Idempotency, StoredAnswer } from "./idempotency.ts";
import type { Intake } from "./intake.ts";
import type { MemoryGuard } from "./memory-guard.ts";
import type { IngestorMetrics } from "./metrics.ts";
import type { OverloadWatch } from "./overload-watch.ts";
import { readBody } from "./read-body.ts";
import { type ReadEvents, randomEventId, readEvents } from "./read-events.ts";
import { comeBackLater, Refusal } from "./refusal.ts";
import { compactAnswer, expandAnswer } from "./repeat-answer.ts";
import { bodyFormatOf, idempotencyKeyOf } from "./request.ts";

/** What it takes to accept a request. */
export interface IngestDeps {
  /** Name of the API key that the request carries; `undefined` when it carries none that is known. */
  identify(headers: IncomingMessage["headers"]): string | undefined;
  isRedisReady(): boolean;
  memory: Pick<MemoryGuard, "isFull" | "refuses">;
  overload: Pick<OverloadWatch, "waitFor">;
  intake: Intake;
  idempotency: Idempotency;
  metrics: IngestorMetrics;
}

/** How a request is known to others. */
export interface IngestCall {
  correlationId: string;
  /** Only while requests are traced. */
  span?: Pick<RequestSpan, "context" | "accepted"> | undefined;
}

/** Milliseconds after which a sender should try again while Redis is away. */
const REDIS_RETRY_MS = 5000;

/**
 * The longest that Redis may take over a request, in milliseconds: every sender gets an answer within 2 s,
 * also when its request had to wait for its turn, or for one slow command after the other.
 */
const ANSWER_MS = 1750;

/**
 * Takes one ingest request from its first byte to its answer.
 * Returns the answer of an accepted request; throws a `Refusal` for every other.
 */
export async function ingest(
  deps: IngestDeps,
  request: IncomingMessage,
  call: IngestCall,
): Promise<StoredAnswer> {
  const { correlationId } = call;
  const keyName = deps.identify(request.headers);
  if (keyName === undefined) {
    throw new Refusal(
      401,
      "unauthorized",
      "send a known key as X-API-KEY or Authorization: Bearer",
      {
        headers: { "WWW-Authenticate": "Bearer" },
      },
    );
  }
  const format = bodyFormatOf(request.headers);
  const idempotencyKey = idempotencyKeyOf(request.headers);
  const receivedAtMs = Date.now();
  const body = await readBody(request);
  if (body === undefined) {
    throw new Refusal(413, "too_large", "the body is larger than 5 MiB; send smaller requests");
  }
  if (!deps.isRedisReady()) throw redisUnavailable();
  if (deps.memory.isFull()) throw memoryUsedUp();
  const lateness = new AbortController();
  const accept = async (eventId: (index: number) => string): Promise<StoredAnswer> => {
    const read = readEvents(body, format, { correlationId, receivedAtMs, eventId });
    return await queueEvents(deps, read, { ...call, givenUp: lateness.signal });
  };
  const work =
    idempotencyKey === undefined
      ? accept(randomEventId)
      : once(deps, { keyName, idempotencyKey, body }, accept);
  try {
    return await withDeadline(work, ANSWER_MS);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    lateness.abort(error);
    throw redisUnavailable(error);
  }
}

async function once(
  { idempotency }: IngestDeps,
  claimed: { keyName: string; idempotencyKey: string; body: Buffer },
  accept: (eventId: (index: number) => string) => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const { keyName, idempotencyKey, body } = claimed;
  const claim = await idempotency.claim(keyName, idempotencyKey, body).catch((cause: unknown) => {
    throw redisUnavailable(cause);
  });
  const eventId = (index: number) => deriveId(keyName, idempotencyKey, index);
  if (claim.kind === "repeat") return expandAnswer(claim.answer, eventId);
  if (claim.kind === "other_body") {
    throw new Refusal(
      422,
      "idempotency_mismatch",
      "this Idempotency-Key was used with another body; use a new key",
    );
  }
  if (claim.kind === "in_progress") {
    throw new Refusal(409, "conflict", "a request with this Idempotency-Key is in progress", {
      headers: { "Retry-After": "1" },
    });
  }
  try {
    const answer = await accept(eventId);
    // A failure to keep it costs only the short cut: event ids derive from the key, so a repeat cannot double.
    await claim.held.keep(compactAnswer(answer)).catch(() => undefined);
    return answer;
  } catch (error) {
    await claim.held.free().catch(() => undefined);
    throw error;
  }
}

/** Refuses what there is no room for, or what the alerter would only put off. */
function checkRoom(
  { memory, overload, metrics }: IngestDeps,
  events: readonly Pick<IngestedEvent, "severity">[],
): void {
  const waitMs = overload.waitFor(events);
  const refusal = memory.refuses(events) ? memoryUsedUp() : waitMs && overloaded(waitMs);
  if (!refusal) return;
  metrics.events("refused", events.length);
  throw refusal;
}

async function queueEvents(
  deps: IngestDeps,
  read: ReadEvents,
  { correlationId, span, givenUp }: IngestCall & { givenUp: AbortSignal },
): Promise<StoredAnswer> {
  const { intake, metrics } = deps;
  metrics.events("rejected", read.results.length - read.accepted.length);
  if (read.accepted.length === 0) throw nothingAcceptable(read);
  checkRoom(
    deps,
    read.accepted.map(({ event }) => event),
  );
  const events = span ? withTrace(read.accepted, span.context) : read.accepted;
  const admission = await intake.submit(events, givenUp).catch((cause: unknown) => {
    metrics.events("refused", read.accepted.length);
    throw redisUnavailable(cause);
  });
  if (admission.verdict !== "admitted") metrics.events("refused", read.accepted.length);
  if (admission.verdict === "rate_limited") {
    throw comeBackLater(
      429,
      "rate_limited",
      `the global rate limit is reached; this request has ${read.accepted.length} events, and one with more than the limit is never let through`,
      admission.waitMs,
    );
  }
  if (admission.verdict === "full") {
    throw comeBackLater(
      503,
      "queue_full",
      "the ingest queue has no room for this request",
      REDIS_RETRY_MS,
      {
        queue_depth: admission.depth,
      },
    );
  }
  metrics.events("accepted", read.accepted.length);
  span?.accepted(read.accepted.map(({ event }) => event.id));
  return { status: 202, body: acceptedBody(read, admission.depth, correlationId) };
}

function acceptedBody(read: ReadEvents, queueDepth: number, correlationId: string): unknown {
  const [first] = read.results;
  if (read.kind === "single" && first?.status === "queued") {
    return {
      status: "queued",
      id: first.id,
      correlation_id: correlationId,
      queue_depth: queueDepth,
    };
  }
  return {
    status: "queued",
    accepted: read.accepted.length,
    rejected: read.results.length - read.accepted.length,
    results: read.results,
    queue_depth: queueDepth,
  };
}

function nothingAcceptable(read: ReadEvents): Refusal {
  const first = read.results.find((result) => result.status === "rejected");
  if (first === undefined) {
    return new Refusal(400, "bad_request", "the body holds no events; send at least one");
  }
  const { field, detail } = first.error;
  const extensions = read.kind === "single" ? { field } : { field, results: read.results };
  return new Refusal(400, "bad_request", detail, { extensions });
}

function memoryUsedUp(): Refusal {
  return comeBackLater(
    503,
    "redis_memory",
    "the memory of the queue is nearly used up; nothing was acknowledged, send it again later",
    REDIS_RETRY_MS,
  );
}

function overloaded(waitMs: number): Refusal {
  return comeBackLater(
    429,
    "shedding",
    "more comes in than the incident platform takes, and events of this severity are put off; send it again later",
    waitMs,
  );
}

function redisUnavailable(cause?: unknown): Refusal {
  const refusal = comeBackLater(
    503,
    "redis_unavailable",
    "the queue cannot be reached; nothing was acknowledged, send the request again",
    REDIS_RETRY_MS,
  );
  refusal.cause = cause;
  return refusal;
}
