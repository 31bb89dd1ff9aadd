// What may be answered to an ingest request, by the documentation of the API.
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { HeaderCase, RequestCase } from "./ingest-requests.ts";

/** An answer as it came. */
export interface FuzzAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** What an answer means for the queue. */
export interface Outcome {
  /** Ids that the queue must have. */
  queued: string[];
  /**
   * True when the events may or may not be there: Redis was too slow for an answer, or too slow to keep one, and the
   * sender was told to come again.
   */
  isUncertain: boolean;
}

/** Why a request is refused with a status. A healthy Redis without limits gives none but these. */
const REASONS: Record<number, string> = {
  400: "bad_request",
  401: "unauthorized",
  409: "conflict",
  413: "too_large",
  415: "unsupported_media_type",
  422: "idempotency_mismatch",
  503: "redis_unavailable",
};

const EventError = z.strictObject({
  status: z.literal(400),
  field: z.string().min(1),
  detail: z.string().min(5).max(500),
});

const EventResult = z.union([
  z.strictObject({ index: z.int(), status: z.literal("queued"), id: z.string() }),
  z.strictObject({ index: z.int(), status: z.literal("rejected"), error: EventError }),
]);

const Single = z.strictObject({
  status: z.literal("queued"),
  id: z.string(),
  correlation_id: z.string(),
  queue_depth: z.int().min(0),
});

const List = z.strictObject({
  status: z.literal("queued"),
  accepted: z.int().min(1),
  rejected: z.int().min(0),
  results: z.array(EventResult).min(1).max(10_000),
  queue_depth: z.int().min(0),
});

const Problem = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string().min(10),
  reason: z.string(),
  instance: z.string(),
  field: z.string().min(1).optional(),
  results: z.array(EventResult).optional(),
});

/** Checks an answer by itself and against its request; throws when one of them does not allow it. */
export function readAnswer(request: RequestCase, answer: FuzzAnswer): Outcome {
  checkCorrelation(request, answer);
  const broken = brokenHeaders(request);
  if (broken.length > 0 && !broken.includes(answer.status)) {
    throw new Error(`answered ${answer.status}; its headers ask for ${broken.join(" or ")}`);
  }
  const outcome = answer.status === 202 ? readAccepted(request, answer) : readRefusal(answer);
  if (broken.length === 0) checkSound(request, answer.status, outcome);
  return outcome;
}

function brokenHeaders({ headers, idempotencyKey }: RequestCase): number[] {
  const all: (HeaderCase | undefined)[] = [...headers, idempotencyKey];
  return all.flatMap((header) => header?.refusal ?? []);
}

function checkCorrelation(request: RequestCase, { headers }: FuzzAnswer): void {
  const sent = request.headers.find((header) => "x-correlation-id" in header.headers);
  const id = headers["x-correlation-id"];
  const given = sent?.refusal === undefined ? sent?.headers["x-correlation-id"] : undefined;
  const isRight = given === undefined ? /^[\x20-\x7e]{1,128}$/.test(String(id)) : id === given;
  if (!isRight) throw new Error(`the correlation id came back as ${id}`);
}

function readAccepted(request: RequestCase, { headers, text }: FuzzAnswer): Outcome {
  expectType(headers, "application/json");
  const body: unknown = JSON.parse(text);
  if (!isListAnswer(body)) {
    const { id } = Single.parse(body);
    if (isNdjson(request)) throw new Error("NDJSON is always answered with a list");
    return { queued: [id], isUncertain: false };
  }
  const { accepted, rejected, results } = List.parse(body);
  const queued = results.flatMap((result) => (result.status === "queued" ? result.id : []));
  const isInOrder = results.every(({ index }, place) => index === place);
  if (!isInOrder || queued.length !== accepted || results.length !== accepted + rejected) {
    throw new Error(`the results do not add up: ${text.slice(0, 500)}`);
  }
  return { queued, isUncertain: false };
}

function isListAnswer(body: unknown): boolean {
  return typeof body === "object" && body !== null && "results" in body;
}

function isNdjson({ headers }: RequestCase): boolean {
  return headers.some(({ headers: all }) => /ndjson|jsonl/i.test(all["content-type"] ?? ""));
}

function readRefusal({ status, headers, text }: FuzzAnswer): Outcome {
  expectType(headers, "application/problem+json; charset=utf-8");
  const problem = Problem.parse(JSON.parse(text));
  const isRight =
    problem.status === status &&
    problem.title === STATUS_CODES[status] &&
    problem.reason === REASONS[status];
  if (!isRight) throw new Error(`not an answer that is foreseen: ${status} ${text.slice(0, 500)}`);
  const queued = (problem.results ?? []).filter((result) => result.status === "queued");
  if (queued.length > 0) throw new Error(`refused as a whole, yet partly queued: ${text}`);
  return { queued: [], isUncertain: status === 503 || status === 409 };
}

/** A body that nothing is wrong with comes in whole, unless another one was sent under the same key. */
function checkSound(
  { body, idempotencyKey }: RequestCase,
  status: number,
  { queued }: Outcome,
): void {
  if (body.sound === undefined || status === 503) return;
  if (idempotencyKey !== undefined && (status === 409 || status === 422)) return;
  const { events } = body.sound;
  if (status !== 202 || queued.length !== events.length) {
    throw new Error(`answered ${status} with ${queued.length} of ${events.length} sound events`);
  }
}

function expectType(headers: FuzzAnswer["headers"], type: string): void {
  if (headers["content-type"] !== type) throw new Error(`answered as ${headers["content-type"]}`);
}
