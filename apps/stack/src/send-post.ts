import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Post } from "./sample-events.ts";

/** What became of the events of one post at the door. */
export type PostResult = { ids: string[]; rejected: string[] };

const ListAnswer = z.object({
  results: z.array(
    z.object({
      id: z.string().optional(),
      error: z.object({ field: z.string().optional(), detail: z.string() }).optional(),
    }),
  ),
});
const Answer = z.union([ListAnswer, z.object({ id: z.string() })]);

const WAIT_WITHOUT_HEADER_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Sends one post and waits as told when the ingestor asks for patience (429, 503). Repeats go under one
 * idempotency key, so nothing comes in twice. Throws when patience runs out after `patienceMs`.
 */
export async function sendPost(
  post: Post,
  target: { url: string; key: string; patienceMs: number },
): Promise<PostResult> {
  const idempotencyKey = randomUUID();
  const deadline = Date.now() + target.patienceMs;
  for (;;) {
    const response = await fetch(target.url, {
      method: "POST",
      headers: {
        "content-type": post.contentType,
        "x-api-key": target.key,
        "idempotency-key": idempotencyKey,
      },
      body: post.body,
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (response.status === 202) return readAccepted(text);
    if (response.status === 400) {
      return { ids: [], rejected: Array<string>(post.count).fill(readProblem(text)) };
    }
    const waitMs = waitOf(response, Date.now());
    if (waitMs === undefined || Date.now() + waitMs > deadline) {
      throw new Error(`the ingestor answered ${response.status}: ${text}`);
    }
    await sleep(waitMs);
  }
}

function readAccepted(text: string): PostResult {
  const answer = Answer.parse(JSON.parse(text));
  if ("id" in answer) return { ids: [answer.id], rejected: [] };
  const result: PostResult = { ids: [], rejected: [] };
  for (const { id, error } of answer.results) {
    if (id !== undefined) result.ids.push(id);
    else result.rejected.push(`${error?.field ?? ""} ${error?.detail ?? "rejected"}`.trim());
  }
  return result;
}

const Problem = z.object({ detail: z.string() });

function readProblem(text: string): string {
  try {
    return Problem.parse(JSON.parse(text)).detail;
  } catch {
    // No problem document: whatever it is says more than nothing.
    return text;
  }
}

/** Milliseconds to wait before the same post again; undefined when it would not help. */
export function waitOf(
  response: Pick<Response, "status" | "headers">,
  now: number,
): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  const header = response.headers.get("retry-after");
  if (header === null) return WAIT_WITHOUT_HEADER_MS;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  const usable = Number.isFinite(waitMs) ? waitMs : WAIT_WITHOUT_HEADER_MS;
  return Math.min(Math.max(usable, 100), LONGEST_WAIT_MS);
}
