/** What kept Prometheus from answering. */
export type PrometheusErrorReason =
  /** No connection, no answer in time, or 5xx. */
  | "unavailable"
  /** It refused the query or us, or answered with something that is no answer. */
  | "query_error";

/** Prometheus did not answer a query; the message holds no secret and no query. */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";
  readonly reason: PrometheusErrorReason;

  constructor(reason: PrometheusErrorReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}
