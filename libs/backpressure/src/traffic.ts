import type { Severity } from "@mutt/event";

/** Emergency, alert and critical: such an alert that pages somebody is never a dead letter because of an overload. */
export const LEAST_SEVERE_PROTECTED: Severity = 2;

/** What matters of an alert for the question whether it is shed. */
export interface Candidate {
  severity: Severity;
  /** Host that the event came from. */
  source: string;
  /** Whether it is severe and pages somebody: such an alert is put off when nothing else is left to shed. */
  isProtected: boolean;
}

/** What came in lately of one severity. */
export interface TrafficGroup {
  severity: Severity;
  /** Alerts that came in, older ones counting less. */
  weight: number;
  /** The same by source; beyond the largest ones under the name "". */
  sources: ReadonlyMap<string, number>;
}

/** Knows who has sent how much in about the last minute of what can be shed. */
export interface Traffic {
  note(candidates: readonly Candidate[], nowMs: number): void;
  /** The groups that have sent something, the first to be shed first. */
  groups(nowMs: number): TrafficGroup[];
}

/** After this time a count is worth a third of what it was, in milliseconds. */
const MEMORY_MS = 30_000;

/** Counts are aged this often: each is touched, so not for every event. */
const AGEING_MS = 1000;

/** Sources told apart in one group; what is rarer counts as one. */
const MAX_SOURCES = 500;

/** Less than this is nothing. */
const NEGLIGIBLE = 0.01;

/** Name of the sources that are too many to be told apart. */
const OTHERS = "";

/** Starts counting; memory is bounded by the number of severities and sources that are told apart. */
export function createTraffic(): Traffic {
  const groups = new Map<Severity, TrafficGroup & { sources: Map<string, number> }>();
  let agedAt: number | undefined;

  function age(nowMs: number): void {
    agedAt ??= nowMs;
    if (nowMs - agedAt < AGEING_MS) return;
    const factor = Math.exp((agedAt - nowMs) / MEMORY_MS);
    agedAt = nowMs;
    for (const [severity, group] of groups) {
      group.weight = 0;
      for (const [source, weight] of group.sources) {
        const left = weight * factor;
        if (left < NEGLIGIBLE) group.sources.delete(source);
        else group.sources.set(source, left);
        group.weight += left;
      }
      if (group.sources.size === 0) groups.delete(severity);
    }
  }

  return {
    note(candidates, nowMs) {
      age(nowMs);
      for (const { severity, source, isProtected } of candidates) {
        if (isProtected) continue;
        let group = groups.get(severity);
        if (group === undefined) {
          group = { severity, weight: 0, sources: new Map() };
          groups.set(severity, group);
        }
        const isTold = group.sources.has(source) || group.sources.size < MAX_SOURCES;
        const name = isTold ? source : OTHERS;
        group.sources.set(name, (group.sources.get(name) ?? 0) + 1);
        group.weight++;
      }
    },
    groups(nowMs) {
      age(nowMs);
      return [...groups.values()].sort((a, b) => b.severity - a.severity);
    },
  };
}
