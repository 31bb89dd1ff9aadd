/** Syslog severity (RFC 5424 section 6.2.1): 0 is emergency, 7 is debug. */
export type Severity = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** An event as every stage after ingest sees it: checked, bounded in size, in one vocabulary. */
export interface IngestedEvent {
  /** The alert id: the receiver's dedup key, the same on every attempt and replay. */
  id: string;
  correlation_id: string;
  hostname: string;
  message: string;
  severity: Severity;
  /** The severity as the sender wrote it, when it was not already a number from 0 to 7. */
  severity_given?: string;
  /** When it happened: ISO 8601, UTC, milliseconds. */
  timestamp: string;
  /** The sender's text, when it could not be read as a time. */
  timestamp_given?: string;
  /** When ingest took it: ISO 8601, UTC, milliseconds. */
  received_at: string;
  /** Dotted, without a leading dot. */
  trap_oid?: string;
  /** True when the message was longer than the limit and was cut. */
  truncated?: true;
  /** Everything else that the sender gave. */
  attributes?: Record<string, unknown>;
}
