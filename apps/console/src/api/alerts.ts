import { requestBody } from "./request.ts";

/** What became of one event. */
export interface AlertStory {
  id: string;
  /** Where it is; `left`: it has left its queue, and nobody has noted where to. */
  state: string;
  /** ISO 8601. */
  received_at: string | null;
  rule: {
    id: number;
    name: string | null;
    why: string;
    handling: string | null;
    environment: string | null;
  } | null;
  place: {
    queue: string;
    job_id: string;
    state: string;
    due_at: string | null;
    waits_for: string | null;
  } | null;
  steps: { at: string; what: string }[];
}

/** Reads the story of an event by the id that ingest answered. */
export function readAlertStory(id: string, signal: AbortSignal): Promise<AlertStory> {
  return requestBody<AlertStory>(`api/v1/alerts/${encodeURIComponent(id)}`, { signal });
}

/** Where every event is that was ever accepted. */
export interface Ledger {
  accepted: number;
  generated: number;
  delivered: number;
  logged: number;
  unhandled: number;
  discarded: number;
  expired: number;
  dead: Record<string, number>;
  in_flight: { ingest: number; alert: number };
  /** `null` while too many jobs wait to be counted one by one. */
  unaccounted: number | null;
}

/** Reads the ledger. */
export function readLedger(signal: AbortSignal): Promise<Ledger> {
  return requestBody<Ledger>("api/v1/ledger", { signal });
}
