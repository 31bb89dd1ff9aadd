/** Why a request was not accepted; the closed list of `mutt_ingest_requests_total{reason}`. */
export const REFUSAL_REASONS = [
  "bad_request",
  "unauthorized",
  "conflict",
  "too_large",
  "unsupported_media_type",
  "idempotency_mismatch",
  "rate_limited",
  "shedding",
  "queue_full",
  "redis_unavailable",
  "redis_memory",
  "internal",
] as const;

/** One of the reasons for a refusal. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Reasons that are the sender's fault; all others are the service's. */
export const CLIENT_FAULTS = [
  "bad_request",
  "unauthorized",
  "conflict",
  "too_large",
  "unsupported_media_type",
  "idempotency_mismatch",
  "rate_limited",
] as const satisfies readonly RefusalReason[];

/** A request that is answered with a problem document instead of being accepted. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly reason: RefusalReason;
  readonly headers: Record<string, string>;
  /** Further members of the problem document. */
  readonly extensions: Record<string, unknown>;

  constructor(
    status: number,
    reason: RefusalReason,
    detail: string,
    more: { headers?: Record<string, string>; extensions?: Record<string, unknown> } = {},
  ) {
    super(detail);
    this.status = status;
    this.reason = reason;
    this.headers = more.headers ?? {};
    this.extensions = more.extensions ?? {};
  }
}

/** A refusal that tells the sender when to come back; `waitMs` is rounded up to whole seconds. */
export function comeBackLater(
  status: 429 | 503,
  reason: RefusalReason,
  detail: string,
  waitMs: number,
  extensions: Record<string, unknown> = {},
): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Refusal(status, reason, detail, {
    headers: { "Retry-After": String(seconds) },
    extensions,
  });
}
