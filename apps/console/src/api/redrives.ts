import type { DeadLetterFilter } from "./dead-letters.ts";
import { type Page, readPage } from "./paging.ts";
import { requestBody } from "./request.ts";

/** What a redrive would do, before anybody has agreed to it. */
export interface RedrivePlan {
  plan_id: string;
  count: number;
  by_class: Record<string, number>;
  sample: { id: string; queue: string; host: string; severity: number; error: string }[];
  /** Entries that fit and would stay where they are, by why. */
  not_eligible: { reason: string; count: number }[];
  /** Seconds that it takes at least, by the storm cap in force. */
  estimate_seconds: number;
  /** ISO 8601; after it the plan cannot be carried out. */
  expires_at: string;
}

/** One redrive with its progress. */
export interface Redrive {
  id: string;
  state: "running" | "paused" | "done" | "cancelled" | "failed";
  /** Entries of the plan. */
  total: number;
  /** Entries whose replay was asked for. */
  done: number;
  /** Entries of the plan that were gone, or may not be replayed any more. */
  skipped: number;
  actor: string;
  reason: string;
  max_per_second: number;
  /** ISO 8601. */
  created_at: string;
  /** What holds it back: a gate, the storm cap, or that no remediation has taken it up. */
  waiting_for: string | null;
  /** Why it failed, where it did. */
  error: string | null;
}

/** Asks what a redrive would do; nothing is changed. Without a filter it needs `all`: everything is rarely meant. */
export function planRedrive(order: {
  filter: DeadLetterFilter;
  all: boolean;
}): Promise<RedrivePlan> {
  return requestBody<RedrivePlan>("api/v1/redrives/plan", { method: "POST", body: order });
}

/** Carries a plan out. */
export function startRedrive(order: {
  planId: string;
  reason: string;
  maxPerSecond: number;
  all: boolean;
}): Promise<Redrive> {
  return requestBody<Redrive>("api/v1/redrives", { method: "POST", body: order });
}

/** Reads how a redrive gets on. */
export function readRedrive(id: string, signal?: AbortSignal): Promise<Redrive> {
  return requestBody<Redrive>(`api/v1/redrives/${encodeURIComponent(id)}`, { signal });
}

/** Reads the latest redrives, the newest first. */
export function readRedrives(limit: number, signal?: AbortSignal): Promise<Page<Redrive>> {
  return readPage<Redrive>("api/v1/redrives", { limit }, signal);
}

/** Pauses, resumes or cancels a redrive. */
export function steerRedrive(id: string, order: "pause" | "resume" | "cancel"): Promise<Redrive> {
  return requestBody<Redrive>(`api/v1/redrives/${encodeURIComponent(id)}/${order}`, {
    method: "POST",
    body: {},
  });
}
