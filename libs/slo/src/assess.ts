import { budgetRemaining, errorBudget, errorRatio } from "./budget.ts";
import { burnPairs } from "./burn-pairs.ts";
import { ENOUGH_COVERAGE, judgePair, type PairVerdict } from "./judge-pair.ts";
import type { SloSettings } from "./objectives.ts";
import type { SloReading, UnknownReason } from "./reading.ts";

/** States of an objective, the worst first. */
export const SLO_STATES = ["critical", "warn", "unknown", "ok"] as const;

/** State of an objective. */
export type SloState = (typeof SLO_STATES)[number];

/** Why the state is what it is; `null` when all is well. */
export type StateReason = UnknownReason | "burn_rate" | "budget_exhausted" | null;

/** A judged objective. */
export interface Assessment {
  state: SloState;
  reason: StateReason;
  budget: number;
  /** Share of bad events in the whole window; `null` when the state is unknown. */
  periodRatio: number | null;
  remaining: number | null;
  pairs: PairVerdict[];
  lowTraffic: boolean;
  insufficientHistory: boolean;
  budgetExhausted: boolean;
}

/** Judges one objective from its numbers. What cannot be told is `unknown`, never `ok`. */
export function assess(reading: SloReading, target: number, settings: SloSettings): Assessment {
  const budget = errorBudget(target);
  if (reading.kind === "none") return unknown(reading.reason, budget);
  const pairs = burnPairs(settings).map((pair) => judgePair(pair, reading, budget));
  const periodRatio = errorRatio(reading.period);
  if (periodRatio === null) return { ...unknown("no_traffic", budget), pairs };

  const remaining = budgetRemaining(periodRatio, budget);
  const coverage = reading.period.coverage ?? 0;
  const budgetExhausted = remaining <= 0 && coverage >= ENOUGH_COVERAGE;
  const breached = pairs.filter((pair) => pair.breached);
  return {
    ...stateOf(breached, budgetExhausted),
    budget,
    periodRatio,
    remaining,
    pairs,
    lowTraffic: breached.some((pair) => pair.lowTraffic),
    insufficientHistory: coverage < ENOUGH_COVERAGE,
    budgetExhausted,
  };
}

/** The worst state of all; `unknown` is worse than `ok`, and better than a failure that is known. */
export function worstState(states: readonly SloState[]): SloState {
  return SLO_STATES.find((state) => states.includes(state)) ?? "unknown";
}

function stateOf(
  breached: readonly PairVerdict[],
  budgetExhausted: boolean,
): { state: SloState; reason: StateReason } {
  // A handful of events is no ground to wake anybody.
  const isCritical = ({ pair, lowTraffic }: PairVerdict) =>
    pair.severity === "critical" && !lowTraffic;
  if (breached.some(isCritical)) return { state: "critical", reason: "burn_rate" };
  if (breached.length > 0) return { state: "warn", reason: "burn_rate" };
  if (budgetExhausted) return { state: "warn", reason: "budget_exhausted" };
  return { state: "ok", reason: null };
}

function unknown(reason: UnknownReason, budget: number): Assessment {
  return {
    state: "unknown",
    reason,
    budget,
    periodRatio: null,
    remaining: null,
    pairs: [],
    lowTraffic: false,
    insufficientHistory: false,
    budgetExhausted: false,
  };
}
