import { ingestDepthKey } from "@mutt/queues";
import { createOutageLog, createScript } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";
import { ADMISSION_LUA } from "./admission-script.ts";
import { withDeadline } from "./deadline.ts";

/** May a request's events enter the queue? */
export type Admission =
  | { verdict: "admitted"; depth: number }
  | { verdict: "rate_limited"; waitMs: number }
  | { verdict: "full"; depth: number };

/** The limits in force, read anew for every decision. */
export interface AdmissionLimits {
  /** Events per window; 0 switches the limit off. */
  maxRate: number;
  windowMs: number;
  /** Events that may wait in the ingest queue. */
  maxQueued: number;
}

/** What admission needs. */
export interface AdmissionDeps {
  redis: Redis;
  prefix: string;
  limits(): AdmissionLimits;
  onError(): void;
  logger: Logger;
  /** The longest wait for the decision, in milliseconds; 300 when left out. */
  decisionMs?: number;
}

/** Decides for several requests at once; `counts` are their events, the answers are in the same order. */
export type Admit = (counts: readonly number[]) => Promise<Admission[]>;

/**
 * The decision comes before the add, which may take 1.4 s: together they must stay below the 2 s within which a sender gets
 * an answer.
 */
const DECISION_MS = 300;

const script = createScript(ADMISSION_LUA);

/**
 * Makes the admission check: global rate and queue cap, shared by all replicas.
 * It fails open: when Redis cannot decide, events are let through and that is counted and logged, because a
 * broken limiter must not stop alerts.
 */
export function createAdmission(deps: AdmissionDeps): Admit {
  const { redis, prefix, limits, onError, logger, decisionMs = DECISION_MS } = deps;
  const keys = [`${prefix}:ingest-rate`, ingestDepthKey(prefix)];
  const outage = createOutageLog(logger, "rate limiter (failing open)");
  return async (counts) => {
    const { maxRate, windowMs, maxQueued } = limits();
    try {
      const reply = await withDeadline(
        script.run(redis, keys, [maxRate, windowMs, maxQueued, ...counts]),
        decisionMs,
      );
      outage.succeeded();
      return (reply as [number, number][]).map(toAdmission);
    } catch (error) {
      onError();
      outage.failed(error);
      return counts.map(() => ({ verdict: "admitted", depth: 0 }));
    }
  };
}

function toAdmission([verdict, value]: [number, number]): Admission {
  if (verdict === 0) return { verdict: "admitted", depth: value };
  if (verdict === 1) return { verdict: "rate_limited", waitMs: value };
  return { verdict: "full", depth: value };
}
