/** Why the store refused a change. */
export type StoreErrorReason = "not_found" | "exists" | "stale" | "busy";

/** A change that cannot be made as things stand; the message says what stands in its way. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly reason: StoreErrorReason;

  constructor(reason: StoreErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
