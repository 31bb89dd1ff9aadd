/** What the server answered instead of what was asked for, in words for the person at the screen. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** Seconds to wait, where the server names them. */
  readonly retryAfterS: number | undefined;

  constructor(message: string, status: number, retryAfterS?: number) {
    super(message);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

/** Values of a query string; `undefined` and the empty text are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** How a request is made. */
export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Query;
  /** Sent as JSON, or as it is with `contentType`. */
  body?: unknown;
  contentType?: string;
  /** The `ETag` that a change is based on. */
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer with the `ETag` that it came with. */
export interface Answer<T> {
  body: T;
  etag: string | undefined;
}

/** A server that is silent for so long counts as away, in milliseconds. */
const TIMEOUT_MS = 20_000;

let csrfToken: string | undefined;
let onSignedOut: () => void = () => {};

/** Sets the token that writes carry, and what is to be done when the server knows the session no more. */
export function setCredentials(token: string | undefined, signedOut?: () => void): void {
  csrfToken = token;
  if (signedOut) onSignedOut = signedOut;
}

/** The absolute address of a path of the server, wherever a proxy has put it. */
export function addressOf(path: string, query: Query = {}): string {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/**
 * Asks the server for JSON. Throws an `ApiError` whose message can be shown as it is; a caller that aborts gets its
 * own reason.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const { method = "GET", query, signal } = options;
  const response = await send(addressOf(path, query), {
    method,
    headers: headersOf(method, options),
    ...(options.body !== undefined && { body: bodyOf(options) }),
    signal: withTimeout(signal),
    credentials: "same-origin",
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unreachable(error);
  });
  if (!response.ok) {
    const error = await refusalOf(response);
    if (error.status === 401 && path !== "login") onSignedOut();
    throw error;
  }
  const text = await response.text();
  return {
    body: (text === "" ? undefined : JSON.parse(text)) as T,
    etag: response.headers.get("etag") ?? undefined,
  };
}

/** As `request`, for those who need no `ETag`. */
export async function requestBody<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return (await request<T>(path, options)).body;
}

const send = (address: string, init: RequestInit): Promise<Response> => fetch(address, init);

function headersOf(method: string, options: RequestOptions): Headers {
  const headers = new Headers({ accept: "application/json" });
  if (options.body !== undefined) {
    headers.set("content-type", options.contentType ?? "application/json");
  }
  if (method !== "GET" && csrfToken !== undefined) headers.set("x-csrf-token", csrfToken);
  if (options.ifMatch !== undefined) headers.set("if-match", options.ifMatch);
  return headers;
}

function bodyOf({ body, contentType }: RequestOptions): string {
  return contentType !== undefined && typeof body === "string" ? body : JSON.stringify(body);
}

function withTimeout(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

function unreachable(error: unknown): ApiError {
  const late = error instanceof DOMException && error.name === "TimeoutError";
  return new ApiError(
    late
      ? `the server has not answered within ${TIMEOUT_MS / 1000} s`
      : "the server cannot be reached",
    0,
  );
}

/** Members of a problem document (RFC 9457) that are shown. */
interface Problem {
  title?: string;
  detail?: string;
  errors?: { field?: string; detail?: string }[];
}

async function refusalOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const lines = (problem.errors ?? []).map(({ field, detail }) =>
    [field, detail].filter(Boolean).join(": "),
  );
  const what = problem.detail ?? problem.title ?? `the server answered ${response.status}`;
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(
    [what, ...lines.filter((line) => !what.includes(line))].join("\n"),
    response.status,
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}
