import { type Page, readPage } from "./paging.ts";
import { type Query, requestBody } from "./request.ts";

/** Queues that hold dead letters. */
export const DEAD_LETTER_QUEUES = ["dlq-alerter", "dlq-forwarder", "dlq-dead"] as const;

/** Why an entry is dead. */
export const DEAD_LETTER_CLASSES = [
  "transient_downstream",
  "throttled",
  "capacity",
  "worker_lost",
  "destination_config",
  "permanent",
  "unknown",
] as const;

/** One try that failed. */
interface FailedAttempt {
  /** ISO 8601. */
  at: string;
  attempt: number;
  replay: number;
  worker: string;
  version: string;
  error: string;
  actor?: string;
}

/** A dead letter, with the id of its job and its queue. */
export interface DeadLetter {
  id: string;
  queue: string;
  alert_id: string;
  origin_queue: string;
  class: string;
  reason: string;
  error: string;
  fingerprint: string;
  replays: number;
  free_replays?: number;
  history: FailedAttempt[];
  history_dropped?: number;
  /** ISO 8601. */
  first_failed_at: string;
  last_failed_at: string;
  payload: Record<string, unknown>;
}

/** Dead letters of one kind: same class and same error, variable parts masked. */
export interface DeadLetterGroup {
  fingerprint: string;
  class: string;
  reason: string;
  /** The error of one of them. */
  error: string;
  count: number;
  queues: Record<string, number>;
  /** ISO 8601. */
  oldest_at: string;
  newest_at: string;
  /** Whether an operator has put the kind aside. */
  quarantined: boolean;
}

/** Which dead letters are meant. */
export interface DeadLetterFilter {
  queue?: string;
  class?: string;
  fingerprint?: string;
  /** Syslog severity, 0 to 7. */
  severity?: number;
  host?: string;
  /** Word for what went wrong, such as `retries_exhausted`. */
  reason?: string;
  min_age_seconds?: number;
  max_age_seconds?: number;
  replays_min?: number;
  replays_max?: number;
}

/** Reads one page of dead letters, the newest first. */
export function readDeadLetters(
  filter: DeadLetterFilter,
  page: { limit: number; cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<Page<DeadLetter>> {
  return readPage<DeadLetter>("api/v1/dlq", { ...asQuery(filter), ...page }, signal);
}

/** Reads the kinds of dead letters, the most frequent first. */
export async function readGroups(signal?: AbortSignal): Promise<DeadLetterGroup[]> {
  const page = await readPage<DeadLetterGroup>("api/v1/dlq/groups", { limit: 200 }, signal);
  return page.items;
}

/** Reads one dead letter by its job's id. */
export function readDeadLetter(
  entry: { queue: string; id: string },
  signal?: AbortSignal,
): Promise<DeadLetter> {
  const { id, queue } = entry;
  return requestBody<DeadLetter>(`api/v1/dlq/${encodeURIComponent(id)}`, {
    query: { queue },
    signal,
  });
}

/** Keeps a kind of dead letters from being replayed, or lets it be replayed again. */
export function setQuarantine(
  fingerprint: string,
  action: "quarantine" | "release",
  reason: string,
): Promise<void> {
  return requestBody<void>(`api/v1/dlq/groups/${encodeURIComponent(fingerprint)}/${action}`, {
    method: "POST",
    body: { reason },
  });
}

function asQuery(filter: DeadLetterFilter): Query {
  return { ...filter };
}
