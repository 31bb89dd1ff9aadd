import { type Pipeline, TEST_KEYS } from "@mutt/testkit";

/** A request that takes longer is one without an answer; far above what a busy machine needs. */
const NO_ANSWER_MS = 30_000;

/** Roles for which a test pipeline has a key. */
export type Role = "viewer" | "operator" | "admin";

/** An answer of the admin app. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; an empty object where it is none. */
  body: Record<string, unknown>;
}

/** How a request is made. */
export interface CallOptions {
  /** Key in a header; none with `null`. */
  role?: Role | null;
  headers?: Record<string, string>;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
}

/** Calls the admin app, as an admin unless another role is given. */
export async function call(
  pipeline: Pick<Pipeline, "app">,
  method: string,
  path: string,
  { role = "admin", headers = {}, body }: CallOptions = {},
): Promise<Answer> {
  const isRaw = typeof body === "string" || body instanceof URLSearchParams;
  const response = await fetch(`${pipeline.app("admin").url}${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(role === null ? {} : { "x-api-key": TEST_KEYS[role] }),
      ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(NO_ANSWER_MS),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

/** The items of a list. */
export function itemsOf({ body }: Answer): Record<string, unknown>[] {
  return (body.items ?? []) as Record<string, unknown>[];
}

/** A browser that has signed in. */
export interface SignedIn {
  /** For the header `cookie`. */
  cookie: string;
  csrfToken: string;
  answer: Answer;
}

/** Signs in with a key and keeps what a browser would keep. */
export async function signIn(pipeline: Pick<Pipeline, "app">, role: Role): Promise<SignedIn> {
  const answer = await call(pipeline, "POST", "/login", {
    role: null,
    body: { key: TEST_KEYS[role] },
  });
  const cookies = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
  return { cookie: cookies.join("; "), csrfToken: String(answer.body.csrf_token), answer };
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
