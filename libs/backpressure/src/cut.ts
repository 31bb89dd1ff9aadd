import type { Severity } from "@mutt/event";
import { SHEDS_NO_SEVERITY } from "./overload.ts";
import { type Candidate, LEAST_SEVERE_PROTECTED, type TrafficGroup } from "./traffic.ts";

/** Says who is shed at one moment. */
export interface Cut {
  /** The share of such alerts that is to be shed: 0 to 1. */
  shareOf(candidate: Candidate): number;
  /** Every event of this severity or a less severe one is shed, whatever it does; 8 when there is none. */
  shedFrom: number;
}

/** Differences below this are rounding. */
const EPSILON = 1e-9;

/**
 * Draws the line for a share of the traffic: whole severities from the least severe on, and of the severity on the
 * line the sources that send most, cut down to one level, so that whoever sends little keeps what it sends.
 * Only a full share reaches protected alerts. `groups` come in the order in which they are shed.
 */
export function drawCut(groups: readonly TrafficGroup[], share: number): Cut {
  if (share >= 1) return { shareOf: () => 1, shedFrom: 0 };
  let left = share * groups.reduce((sum, group) => sum + group.weight, 0);
  let shedFrom = SHEDS_NO_SEVERITY;
  const shares = new Map<Severity, (source: string) => number>();
  for (const group of groups) {
    const isWhole = left >= group.weight - EPSILON;
    if (!isWhole && left <= EPSILON) break;
    shares.set(group.severity, isWhole ? () => 1 : levelOff(group, left));
    // Of severities that can page nothing is known before the rules were asked.
    if (isWhole && group.severity > LEAST_SEVERE_PROTECTED) shedFrom = group.severity;
    left -= group.weight;
  }
  return {
    shareOf: ({ severity, source, isProtected }) =>
      isProtected ? 0 : (shares.get(severity)?.(source) ?? 0),
    shedFrom,
  };
}

/** Finds the level to which the largest sources come down so that `amount` goes (water filling, from the top). */
function levelOff({ sources }: TrafficGroup, amount: number): (source: string) => number {
  const weights = [...sources.values()].sort((a, b) => b - a);
  let above = 0;
  let level = 0;
  for (const [index, weight] of weights.entries()) {
    above += weight;
    level = (above - amount) / (index + 1);
    if (level >= (weights[index + 1] ?? 0)) break;
  }
  return (source) => {
    const weight = sources.get(source) ?? sources.get("") ?? 0;
    return weight > level && weight > 0 ? (weight - level) / weight : 0;
  };
}
