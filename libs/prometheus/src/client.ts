import { Pool } from "undici";
import { describeError, type InstantAnswer, parseAnswer } from "./parse-answer.ts";
import { PrometheusError } from "./prometheus-error.ts";

/** Where Prometheus is, and how it knows us. */
export interface PrometheusOptions {
  /** `http` or `https`; a path is kept, as behind a proxy or in front of Mimir. */
  url: string;
  bearerToken?: string;
  basicAuth?: { username: string; password: string };
  /** Certificate of the authority that its certificate is of, as PEM. */
  ca?: string;
  /** Sent with each query, e.g. the tenant. */
  headers?: Readonly<Record<string, string>>;
}

/** Asks Prometheus. */
export interface PrometheusClient extends AsyncDisposable {
  /** Asks for one number at one moment; rejects with a `PrometheusError`, at the latest when `signal` fires. */
  query(expr: string, options: { time: Date; signal: AbortSignal }): Promise<InstantAnswer>;
}

/** Queries under way at once: Prometheus itself runs 20. */
const CONNECTIONS = 16;

/** One number needs no more, in bytes. */
const MAX_BODY = 256 * 1024;

/** Words of an error that are passed on. */
const MAX_DETAIL = 300;

/** Opens a client with keep-alive connections; nothing is sent yet, redirects are not followed. */
export function openPrometheus(options: PrometheusOptions): PrometheusClient {
  const url = new URL(options.url);
  const path = `${url.pathname.replace(/\/+$/, "")}/api/v1/query`;
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS,
    ...(options.ca === undefined ? {} : { connect: { ca: options.ca } }),
  });
  const headers = {
    ...options.headers,
    ...authorization(options),
    "content-type": "application/x-www-form-urlencoded",
    accept: "application/json",
  };
  return {
    async query(expr, { time, signal }) {
      const form = new URLSearchParams({ query: expr, time: String(time.getTime() / 1000) });
      const ask = () =>
        pool.request({ method: "POST", path, headers, body: form.toString(), signal });
      // A connection that was kept may just have been closed: that is worth one more try, within the same deadline.
      const answer = await ask()
        .catch((error: unknown) => {
          if (signal.aborted) throw error;
          return ask();
        })
        .catch((error: unknown) => {
          throw unavailable(error, signal);
        });
      const body = await readBody(answer.body).catch((error: unknown) => {
        throw unavailable(error, signal);
      });
      if (answer.statusCode !== 200) throw notAnswered(answer.statusCode, body);
      return parseAnswer(body);
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy();
    },
  };
}

function authorization({ bearerToken, basicAuth }: PrometheusOptions): Record<string, string> {
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken}` };
  if (basicAuth === undefined) return {};
  const pair = Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > MAX_BODY) throw new PrometheusError("query_error", "the answer is too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function unavailable(error: unknown, signal: AbortSignal): PrometheusError {
  if (error instanceof PrometheusError) return error;
  if (signal.aborted) return new PrometheusError("unavailable", "no answer in time", error);
  // A connection attempt to several addresses fails as one error without a text of its own.
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = inner as { code?: string; message: string };
  const detail = code === undefined || message.includes(code) ? message : `${code}: ${message}`;
  return new PrometheusError("unavailable", detail, error);
}

function notAnswered(status: number, body: string): PrometheusError {
  const detail = describeError(body).slice(0, MAX_DETAIL);
  const message = detail === "" ? `HTTP ${status}` : `HTTP ${status}: ${detail}`;
  return new PrometheusError(status >= 500 ? "unavailable" : "query_error", message);
}
