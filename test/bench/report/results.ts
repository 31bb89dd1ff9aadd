import type { RuleMatchingRow } from "../rules-match.ts";
import type { Ceiling } from "../scenarios/ceiling.ts";
import type { StepResult } from "../scenarios/measure-step.ts";
import type { MemoryResult } from "../scenarios/memory.ts";
import { type Summary, summarise } from "../scenarios/statistics.ts";
import type { StepName } from "../scenarios/steps.ts";
import type { SystemName } from "../systems/system.ts";
import type { Machine } from "./machine.ts";

/** Everything that one run of the bench found out. */
export interface Results {
  startedAt: string;
  seconds: number;
  machine: Machine;
  rounds: number;
  isQuick: boolean;
  ceiling: Ceiling;
  steps: StepResult[];
  memory?: MemoryResult;
  rules?: RuleMatchingRow[];
  /** What was left out, and why. */
  notes: string[];
}

/** A figure of a step. */
export type Figure = (result: StepResult) => number | undefined;

export const accepted: Figure = (result) => result.acceptedPerSecond;
export const endToEnd: Figure = (result) => result.delivery?.eventsPerSecond;
export const alerts: Figure = (result) => result.delivery?.alertsPerSecond;
export const latencyP50: Figure = (result) => result.delivery?.latencyMs?.p50;
export const latencyP99: Figure = (result) => result.delivery?.latencyMs?.p99;

/** Processor time of a system's own processes for one event, in microseconds. */
export const cpuPerEvent: Figure = ({ cpuPerEvent: byProcess }) =>
  Object.entries(byProcess)
    .filter(([name]) => name !== "generator" && name !== "sink")
    .reduce((sum, [, microseconds]) => sum + microseconds, 0);

/** Sums up a figure of a system and step over the rounds; `undefined` when it was not measured. */
export function figureOf(
  steps: readonly StepResult[],
  from: { system: SystemName; step: StepName },
  figure: Figure,
): Summary | undefined {
  const values = steps
    .filter(({ system, step }) => system === from.system && step === from.step)
    .map(figure)
    .filter((value) => value !== undefined);
  return summarise(values);
}

/** Ratio of the medians of two systems; `undefined` unless both were measured. */
export function ratioOf(
  steps: readonly StepResult[],
  between: { system: SystemName; peer: SystemName; step: StepName },
  figure: Figure,
): number | undefined {
  const { system, peer, step } = between;
  const own = figureOf(steps, { system, step }, figure);
  const other = figureOf(steps, { system: peer, step }, figure);
  return own && other && own.median / other.median;
}
