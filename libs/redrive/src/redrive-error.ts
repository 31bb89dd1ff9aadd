/** Why an order was refused. */
export type RedriveErrorReason = "invalid" | "not_found" | "conflict";

/** An order that cannot be carried out; the message says why and what to do instead. */
export class RedriveError extends Error {
  override readonly name = "RedriveError";
  readonly reason: RedriveErrorReason;
  /** The field of the request that is wrong, for `invalid`. */
  readonly field: string | undefined;

  constructor(reason: RedriveErrorReason, message: string, field?: string) {
    super(message);
    this.reason = reason;
    this.field = field;
  }
}
