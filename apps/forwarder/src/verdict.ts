/** What came of one HTTP request. */
export type SendOutcome =
  | { kind: "response"; status: number; retryAfter?: string; excerpt: string }
  | { kind: "error"; code: string; message: string }
  /** Broken off by us, because the process stops. */
  | { kind: "aborted" };

/** Why a request did not succeed; the closed list of `mutt_moog_requests_total{reason}`. */
export const SEND_REASONS = [
  "rate_limited",
  "timeout",
  "network",
  "unreachable",
  "server_error",
  "rejected",
  "unauthorized",
  "redirect",
  "client_error",
  "dns",
  "tls",
] as const;

/** One of the reasons. */
export type SendReason = (typeof SEND_REASONS)[number];

/** What is to be done with a delivery after a request. */
export type DeliveryVerdict =
  | { kind: "delivered" }
  /** The receiver asks to wait: no attempt is spent. `waitMs` is missing when it does not say how long. */
  | { kind: "wait"; reason: SendReason; waitMs?: number; error: string }
  | { kind: "retry"; reason: SendReason; error: string }
  /** At least one alert of the delivery is not acceptable. */
  | { kind: "rejected"; reason: SendReason; error: string }
  /** The destination is set up wrongly: no alert is to blame, a person has to look. */
  | { kind: "misconfigured"; reason: SendReason; error: string }
  | { kind: "give_back" };

const RETRIED_CLIENT_ERRORS = new Set([408, 425]);
const REJECTIONS = new Set([400, 413, 422]);

const DNS_CODES = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);
const TIMEOUT_CODES = new Set([
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
  "TimeoutError",
]);
const UNREACHABLE_CODES = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO)/;

/** Judges one request; `now` is for a `Retry-After` that is a date. */
export function judge(outcome: SendOutcome, now: Date): DeliveryVerdict {
  if (outcome.kind === "aborted") return { kind: "give_back" };
  return outcome.kind === "response" ? judgeResponse(outcome, now) : judgeError(outcome);
}

function judgeResponse(
  response: Extract<SendOutcome, { kind: "response" }>,
  now: Date,
): DeliveryVerdict {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const error = `HTTP ${status} from destination${response.excerpt && `: ${response.excerpt}`}`;
  const waitMs = parseRetryAfter(response.retryAfter, now);
  if (status === 429 || (status === 503 && waitMs !== undefined)) {
    const wait = { kind: "wait", reason: "rate_limited", error } as const;
    return waitMs === undefined ? wait : { ...wait, waitMs };
  }
  if (status >= 500 || status < 200) return { kind: "retry", reason: "server_error", error };
  if (RETRIED_CLIENT_ERRORS.has(status)) return { kind: "retry", reason: "timeout", error };
  if (REJECTIONS.has(status)) return { kind: "rejected", reason: "rejected", error };
  if (status < 400) return { kind: "misconfigured", reason: "redirect", error };
  const reason = status === 401 || status === 403 ? "unauthorized" : "client_error";
  return { kind: "misconfigured", reason, error };
}

function judgeError({ code, message }: Extract<SendOutcome, { kind: "error" }>): DeliveryVerdict {
  const error = `${code}: ${message}`;
  if (DNS_CODES.has(code)) return { kind: "misconfigured", reason: "dns", error };
  if (TLS_CODE.test(code)) return { kind: "misconfigured", reason: "tls", error };
  if (UNREACHABLE_CODES.has(code)) return { kind: "retry", reason: "unreachable", error };
  if (TIMEOUT_CODES.has(code)) return { kind: "retry", reason: "timeout", error };
  return { kind: "retry", reason: "network", error };
}

/** Reads `Retry-After` (RFC 9110 section 10.2.3), seconds or a date; `undefined` when it says nothing usable. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // JavaScript reads a date into nearly anything; an HTTP date begins with the name of a day.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
