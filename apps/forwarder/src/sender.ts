import { errors, Pool, request } from "undici";
import type { SendOutcome } from "./verdict.ts";

/** Sends one request, with further headers if there are any; never rejects. */
export interface Sender extends AsyncDisposable {
  send(body: string, headers?: Readonly<Record<string, string>>): Promise<SendOutcome>;
}

/** Where to send, and how. */
export interface SenderOptions {
  url: string;
  apiKey: string;
  timeoutMs: number;
  connections: number;
  /** Breaks off what is under way. */
  signal: AbortSignal;
}

/** Characters of an answer that are kept to explain a failure. */
const EXCERPT = 300;

const MAX_READ_BYTES = 4096;

/** Opens a sender with keep-alive connections; redirects are not followed. */
export function openSender(options: SenderOptions): Sender {
  const { url, apiKey, timeoutMs, signal } = options;
  const pool = new Pool(new URL(url).origin, {
    connections: options.connections,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  signal.addEventListener("abort", () => void pool.destroy(), { once: true });
  const headers = {
    "Content-Type": "application/json",
    Authorization: `Bearer ${apiKey}`,
    "User-Agent": "mutt-forwarder",
  };
  return {
    async send(body, further) {
      try {
        const response = await request(url, {
          method: "POST",
          dispatcher: pool,
          headers: further ? { ...headers, ...further } : headers,
          body,
          signal: AbortSignal.timeout(timeoutMs),
        });
        const isSuccess = response.statusCode < 300;
        const text = isSuccess ? "" : await readStart(response.body);
        if (isSuccess) await response.body.dump({ limit: 1024 * 1024 });
        const retryAfter = response.headers["retry-after"];
        return {
          kind: "response",
          status: response.statusCode,
          // A receiver that echoes our request must not bring the key into logs and dead letters.
          excerpt: excerptOf(text.replaceAll(apiKey, "[redacted]")),
          ...(typeof retryAfter === "string" ? { retryAfter } : {}),
        };
      } catch (error) {
        if (signal.aborted) return { kind: "aborted" };
        return toErrorOutcome(error);
      }
    },
    async [Symbol.asyncDispose]() {
      if (!pool.destroyed) await pool.destroy();
    },
  };
}

/** Reads the first few kilobytes of an answer and lets the rest go: nobody says how long it is. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= MAX_READ_BYTES) break;
  }
  return Buffer.concat(parts).toString("utf8", 0, MAX_READ_BYTES);
}

function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}

function toErrorOutcome(error: unknown): SendOutcome {
  if (!(error instanceof Error)) return { kind: "error", code: "unknown", message: String(error) };
  if (error.name === "TimeoutError") {
    return { kind: "error", code: "TimeoutError", message: "no answer in time" };
  }
  const code = codeOf(error);
  // A connection attempt to several addresses fails as one error without a text of its own.
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  const message = error.message || (inner instanceof Error ? inner.message : "connection failed");
  return { kind: "error", code, message };
}

function codeOf(error: Error & { code?: unknown; cause?: unknown }): string {
  if (typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return codeOf(error.errors[0]);
  }
  if (error.cause instanceof Error) return codeOf(error.cause);
  return error instanceof errors.UndiciError ? error.code : error.name;
}
