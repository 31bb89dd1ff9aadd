import { type Page, readPage } from "./paging.ts";
import { addressOf, type Query } from "./request.ts";

/** One change that somebody made. */
export interface AuditEntry {
  id?: string;
  /** ISO 8601. */
  at: string;
  actor: string;
  role?: string;
  action: string;
  target: string;
  old?: unknown;
  new?: unknown;
  reason?: string;
}

/** Which entries are meant. */
export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  /** ISO 8601. */
  from?: string;
  to?: string;
}

/** Reads one page of the audit log, the newest first. */
export function readAudit(
  filter: AuditFilter,
  page: { limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<Page<AuditEntry>> {
  return readPage<AuditEntry>("api/v1/audit", { ...asQuery(filter), ...page }, signal);
}

/** Address of the same entries as NDJSON. */
export function auditExport(filter: AuditFilter): string {
  return addressOf("api/v1/audit/export", asQuery(filter));
}

function asQuery(filter: AuditFilter): Query {
  return { ...filter };
}
