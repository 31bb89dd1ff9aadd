import { randomBytes } from "node:crypto";
import type { DeadLetterClass } from "@mutt/dead-letter";
import { type DeadLetterFilter, eventOf, type PlacedEntry } from "@mutt/replay";
import type { Redis } from "ioredis";
import { type EntryReader, QUEUES, type QueueName, type RedriveDeps } from "./deps.ts";
import { judgeEntry, NOT_ELIGIBLE, type NotEligible } from "./eligibility.ts";
import { redriveKeys } from "./keys.ts";
import { readQuarantined } from "./quarantine.ts";
import { walk } from "./walk.ts";

/** One entry of a plan, to look at. */
export interface PlanSample {
  /** Id of its job. */
  id: string;
  queue: string;
  class: DeadLetterClass;
  reason: string;
  error: string;
  severity: number;
  host: string;
  /** ISO 8601. */
  last_failed_at: string;
}

/** What a redrive would do; also how the API answers. */
export interface RedrivePlan {
  plan_id: string;
  /** ISO 8601; what fails later is not part of the plan. */
  created_at: string;
  /** ISO 8601; after it the plan cannot be carried out. */
  expires_at: string;
  actor: string;
  filter: DeadLetterFilter;
  /** Whether everything in a queue was asked for in so many words. */
  all: boolean;
  /** The queues that it takes entries from. */
  queues: QueueName[];
  count: number;
  by_queue: Record<string, number>;
  by_class: Partial<Record<DeadLetterClass, number>>;
  /** Syslog severities, 0 to 7. */
  by_severity: Record<string, number>;
  /** Up to five of the entries, the oldest of their queues. */
  sample: PlanSample[];
  /** What the filter means and a redrive leaves alone, and why. */
  not_eligible: { reason: NotEligible; count: number }[];
  /** ISO 8601; `null` when nothing would be replayed. */
  oldest: string | null;
  /** Seconds that it takes at least, by the storm cap in force. */
  estimate_seconds: number;
}

/** The settings in force that a plan depends on. */
export interface PlanSettings {
  /** `max_poison_retries` */
  maxPoisonRetries: number;
  /** `remediation_batch_size` */
  batchSize: number;
  /** `remediation_interval`, in seconds. */
  intervalSeconds: number;
}

/** How long a plan can be carried out, in milliseconds: what was looked at should not be long past. */
const PLAN_MS = 60 * 60_000;

const SAMPLE = 5;

/**
 * Looks at every dead letter and says what a redrive would do; changes nothing in the queues. The plan is kept for an hour.
 * Reads in pages, so that 100,000 entries take seconds but neither memory nor Redis.
 */
export async function planRedrive(
  deps: RedriveDeps & { entries: EntryReader; settings: PlanSettings },
  { filter, all = false, actor }: { filter: DeadLetterFilter; all?: boolean; actor: string },
): Promise<RedrivePlan> {
  const { redis, prefix, settings } = deps;
  const nowMs = Date.now();
  const quarantined = await readQuarantined(deps);
  const context = {
    filter,
    plannedAtMs: nowMs,
    isQuarantined: (fingerprint: string) => quarantined.has(fingerprint),
    maxPoisonRetries: settings.maxPoisonRetries,
  };
  const tally = createTally();
  for (const queue of filter.queue === undefined ? QUEUES : [filter.queue]) {
    for (const state of ["failed", "delayed"] as const) {
      for await (const page of walk(deps.entries, queue, { state })) {
        for (const placed of page.items) {
          const verdict = judgeEntry(placed, context);
          if (verdict === undefined) continue;
          const isFree = state === "failed" || verdict !== "eligible";
          tally.add(placed, isFree ? verdict : "waits_already");
        }
      }
    }
  }
  const plan: RedrivePlan = {
    plan_id: `rd-${randomBytes(6).toString("hex")}`,
    created_at: new Date(nowMs).toISOString(),
    expires_at: new Date(nowMs + PLAN_MS).toISOString(),
    actor,
    filter,
    all,
    ...tally.result(),
    estimate_seconds: 0,
  };
  const perSecond = settings.batchSize / settings.intervalSeconds;
  plan.estimate_seconds = Math.ceil(plan.count / perSecond);
  await redis.set(redriveKeys(prefix).plan(plan.plan_id), JSON.stringify(plan), "PX", PLAN_MS);
  return plan;
}

/** Reads a plan that can still be carried out. */
export async function readPlan(
  { redis, prefix }: { redis: Redis; prefix: string },
  planId: string,
): Promise<RedrivePlan | undefined> {
  const text = await redis.get(redriveKeys(prefix).plan(planId));
  return text === null ? undefined : (JSON.parse(text) as RedrivePlan);
}

/** Counts what a plan holds. */
function createTally() {
  const byQueue: Record<string, number> = {};
  const byClass: Partial<Record<DeadLetterClass, number>> = {};
  const bySeverity: Record<string, number> = {};
  const left = new Map<NotEligible, number>();
  const sample: PlanSample[] = [];
  let count = 0;
  let oldest: string | null = null;
  return {
    add(placed: PlacedEntry, verdict: "eligible" | NotEligible): void {
      if (verdict !== "eligible") {
        left.set(verdict, (left.get(verdict) ?? 0) + 1);
        return;
      }
      const { queue, entry } = placed;
      const { severity } = eventOf(entry);
      count++;
      byQueue[queue] = (byQueue[queue] ?? 0) + 1;
      byClass[entry.class] = (byClass[entry.class] ?? 0) + 1;
      bySeverity[severity] = (bySeverity[severity] ?? 0) + 1;
      if (oldest === null || entry.last_failed_at < oldest) oldest = entry.last_failed_at;
      if (sample.length < SAMPLE) sample.push(sampleOf(placed));
    },
    result: () => ({
      queues: QUEUES.filter((queue) => (byQueue[queue] ?? 0) > 0),
      count,
      by_queue: byQueue,
      by_class: byClass,
      by_severity: bySeverity,
      sample,
      not_eligible: NOT_ELIGIBLE.flatMap((reason) => {
        const entries = left.get(reason) ?? 0;
        return entries > 0 ? [{ reason, count: entries }] : [];
      }),
      oldest,
    }),
  };
}

function sampleOf({ queue, id, entry }: PlacedEntry): PlanSample {
  const { severity, hostname } = eventOf(entry);
  return {
    id,
    queue,
    class: entry.class,
    reason: entry.reason,
    error: entry.error,
    severity,
    host: hostname,
    last_failed_at: entry.last_failed_at,
  };
}
