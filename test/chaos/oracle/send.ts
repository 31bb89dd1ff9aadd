import { setTimeout as sleep } from "node:timers/promises";
import { TEST_KEYS } from "@mutt/testkit";
import type { Attempt, SentRequest } from "./sent.ts";

/** A sender that hears nothing for this long sends again, in milliseconds. */
const NO_ANSWER_MS = 6000;

/** The longest that a sender obeys a `Retry-After`, in milliseconds: a test has not got all day. */
const LONGEST_WAIT_MS = 2000;

/** Pause after a connection that broke, in milliseconds. */
const AGAIN_MS = 250;

/** What a well-behaved sender meets and obeys; a 409 is its own request from before, a 500 would be a defect. */
const OBEYED = new Set([409, 429, 503]);

interface Answer {
  id?: string;
  reason?: string;
  results?: { index: number; status: string; id?: string }[];
}

/**
 * Hands a request over as a well-behaved sender does: again after every refusal and every broken connection, with the same
 * key if it has one, until it is answered 202. `urlOf` names an ingestor, another one each time where there are several.
 * Ends without ids when `signal` is aborted, or with a problem when the answer is none that a sender should get.
 */
export async function sendUntilAccepted(
  request: SentRequest,
  urlOf: () => string | undefined,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const url = urlOf();
    const waitMs = url === undefined ? AGAIN_MS : await tryOnce(request, url);
    if (waitMs === undefined) return;
    await sleep(waitMs);
  }
  request.problem = "it was still refused long after everything was well again";
}

/** Gives the pause before the next try, or nothing when there is none. */
async function tryOnce(request: SentRequest, url: string): Promise<number | undefined> {
  const attempt: Attempt = { at: Date.now(), endedAt: 0, outcome: "under way" };
  request.attempts.push(attempt);
  try {
    const response = await fetch(`${url}/api/v1/ingest`, {
      method: "POST",
      headers: headersOf(request),
      body: bodyOf(request),
      signal: AbortSignal.timeout(NO_ANSWER_MS),
    });
    const answer = (await response.json()) as Answer;
    attempt.outcome = response.status;
    if (answer.reason !== undefined) attempt.reason = answer.reason;
    if (response.status === 202) return takeIds(request, answer);
    if (OBEYED.has(response.status)) return waitOf(response);
    request.problem = `it was answered ${response.status}: ${JSON.stringify(answer).slice(0, 300)}`;
    return undefined;
  } catch (error) {
    const { cause, message } = error as Error;
    attempt.outcome = cause instanceof Error ? cause.message : message;
    return AGAIN_MS;
  } finally {
    attempt.endedAt = Date.now();
  }
}

function headersOf({ shape, idempotencyKey }: SentRequest): Record<string, string> {
  return {
    "content-type": shape === "ndjson" ? "application/x-ndjson" : "application/json",
    "x-api-key": TEST_KEYS.ingest,
    ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
  };
}

function bodyOf({ shape, events }: SentRequest): string {
  const bodies = events.map(({ body }) => body);
  if (shape === "ndjson") return bodies.map((body) => JSON.stringify(body)).join("\n");
  return JSON.stringify(shape === "single" ? bodies[0] : bodies);
}

function takeIds(request: SentRequest, answer: Answer): undefined {
  const { results = [{ index: 0, status: "queued", ...answer }] } = answer;
  request.ids = request.events.map((_, index) => results[index]?.id);
  const wrong = request.events.find(
    ({ kind }, index) => (results[index]?.status === "queued") !== (kind !== "invalid"),
  );
  if (wrong) request.problem = `the answer 202 is wrong about ${wrong.marker}`;
}

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, LONGEST_WAIT_MS) : AGAIN_MS;
}
