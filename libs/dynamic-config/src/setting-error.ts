/** Why a change of a setting was refused. */
export type SettingErrorReason = "unknown_key" | "invalid_value" | "conflict" | "stale";

/** A setting that does not exist or a value that cannot be; the message names the key, what was given and the cure. */
export class SettingError extends Error {
  override readonly name = "SettingError";
  readonly reason: SettingErrorReason;
  readonly key: string;

  constructor(reason: SettingErrorReason, key: string, message: string) {
    super(message);
    this.reason = reason;
    this.key = key;
  }
}
