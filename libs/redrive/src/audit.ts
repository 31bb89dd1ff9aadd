import type { OrderBy } from "./deps.ts";

/** What was done, for the audit log. */
interface AuditedAction {
  action: string;
  target: string;
  old?: unknown;
  new?: unknown;
}

/** Makes the text of an audit entry, as whoever reads the log expects it. */
export function auditEntry(
  { actor, role, reason }: OrderBy,
  action: AuditedAction,
  at = new Date().toISOString(),
): string {
  return JSON.stringify({ actor, role, reason, ...action, at });
}
