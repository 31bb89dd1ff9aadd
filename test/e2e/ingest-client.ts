import { STATUS_CODES } from "node:http";
import { connect } from "node:net";
import { type IngestJob, openQueue } from "@mutt/queues";
import { patientOptions, redisSettings } from "@mutt/redis";
import { type Pipeline, TEST_KEYS } from "@mutt/testkit";
import { expect } from "vitest";

/** A request that takes longer is one without an answer; far above what a busy machine needs. */
const NO_ANSWER_MS = 30_000;

/** An answer of the ingest API. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/**
 * Posts to an ingest URL, with the test's key unless another one is given: text and bytes as they are,
 * anything else as JSON.
 */
export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const key = "authorization" in headers ? {} : { "x-api-key": TEST_KEYS.ingest };
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...key, ...headers },
    body: isRaw ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(NO_ANSWER_MS),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body: answer };
}

/** The ids that an answer names, in order. */
export function idsOf({ body }: Answer): string[] {
  if (typeof body.id === "string") return [body.id];
  const results = (body.results ?? []) as { id?: string }[];
  return results.flatMap(({ id }) => id ?? []);
}

/** The problem document of an answer, after a look at whether it is one. */
export function problemOf({ status, headers, body }: Answer): Record<string, unknown> {
  expect(headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(headers.get("x-correlation-id")).toMatch(/^[\x20-\x7e]{1,128}$/);
  expect(body).toMatchObject({
    type: "about:blank",
    title: STATUS_CODES[status],
    status,
    detail: expect.stringMatching(/.{10}/),
    reason: expect.any(String),
  });
  return body;
}

/** The head of a raw request up to its empty line. */
export function rawHead(headers: readonly string[]): string {
  return `${["POST /api/v1/ingest HTTP/1.1", "Host: mutt", ...headers].join("\r\n")}\r\n\r\n`;
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends bytes that no HTTP client would send, and reads the answers until there are `answers` of them.
 * Rejects when the connection ends or breaks before that.
 */
export async function sendRaw(
  url: string,
  bytes: string | Buffer,
  { answers = 1 } = {},
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer[]>();
  let received = Buffer.alloc(0);
  socket.setTimeout(NO_ANSWER_MS, () => socket.destroy(new Error("no answer")));
  socket.on("error", reject);
  socket.on("close", () => reject(new Error(`closed after: ${received.toString("latin1")}`)));
  socket.on("data", (part) => {
    received = Buffer.concat([received, part]);
    const complete = parseAnswers(received);
    if (complete.length >= answers) resolve(complete);
  });
  // Latin-1, so that every character is one byte.
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

/** Splits what was received into complete answers, each with a Content-Length; the rest is left out. */
function parseAnswers(received: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let start = 0; ; ) {
    const headEnd = received.indexOf("\r\n\r\n", start);
    if (headEnd === -1) return answers;
    const [statusLine = "", ...lines] = received.toString("latin1", start, headEnd).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
    );
    const end = headEnd + 4 + Number(headers["content-length"] ?? 0);
    if (received.length < end) return answers;
    const status = Number(statusLine.split(" ")[1]);
    answers.push({ status, headers, body: received.toString("utf8", headEnd + 4, end) });
    start = end;
  }
}

/** The chunks that wait in the ingest queue, in the order they came. */
export async function readChunks(
  pipeline: Pick<Pipeline, "redis" | "prefix">,
): Promise<IngestJob[]> {
  const queue = openQueue("ingest", {
    connection: patientOptions(redisSettings({ REDIS_URL: pipeline.redis.url })),
    prefix: pipeline.prefix,
    onError: () => {},
  });
  try {
    const jobs = await queue.getJobs(["waiting", "active", "delayed"], 0, -1, true);
    return jobs.map((job) => job.data);
  } finally {
    await queue.close();
  }
}

/** The ids of all events that wait in the ingest queue. */
export async function readQueuedIds(
  pipeline: Pick<Pipeline, "redis" | "prefix">,
): Promise<string[]> {
  const chunks = await readChunks(pipeline);
  return chunks.flatMap((chunk) => chunk.events.map(({ id }) => id));
}
