import type { DeadLetterClass } from "@mutt/dead-letter";
import { eventOf, type PlacedEntry } from "@mutt/replay";
import { type EntryReader, QUEUES, type RedriveDeps } from "./deps.ts";
import { readQuarantined } from "./quarantine.ts";
import { walk } from "./walk.ts";

/** Dead letters of one kind: the same class and the same error, its variable parts masked. */
export interface DeadLetterGroup {
  fingerprint: string;
  class: DeadLetterClass;
  /** Reason of one of them. */
  reason: string;
  /** The error of one of them. */
  error: string;
  count: number;
  /** Entries by queue. */
  queues: Record<string, number>;
  /** ISO 8601: the first failure of any of them, and the last. */
  oldest_at: string;
  newest_at: string;
  /** Up to three hosts with the most entries; of a kind with very many hosts, among the first hundred met. */
  hosts: { host: string; count: number }[];
  /** Whether an operator has put the kind aside. */
  quarantined: boolean;
}

/** All dead letters by kind. */
export interface GroupReport {
  /** The largest first. */
  groups: DeadLetterGroup[];
  /** Entries of further kinds, when there are more kinds than are told apart. */
  others: number;
  /** ISO 8601. */
  read_at: string;
}

/** Kinds that are told apart, so that errors that are all different do not take the memory. */
const MAX_GROUPS = 1000;

const MAX_HOSTS = 100;
const SHOWN_HOSTS = 3;

interface Tally extends Omit<DeadLetterGroup, "hosts" | "quarantined"> {
  hostCounts: Map<string, number>;
}

/**
 * Groups all dead letters by kind. Reads every entry once, in pages: 100,000 take seconds, so whoever asks often asks
 * `createGroupView`.
 */
export async function listGroups(
  deps: RedriveDeps & { entries: EntryReader },
): Promise<GroupReport> {
  const readAt = new Date().toISOString();
  const tallies = new Map<string, Tally>();
  let others = 0;
  for (const queue of QUEUES) {
    for (const state of ["failed", "delayed", "waiting"] as const) {
      for await (const page of walk(deps.entries, queue, { state })) {
        for (const placed of page.items) if (!addTo(tallies, placed)) others++;
      }
    }
  }
  const quarantined = await readQuarantined(deps);
  const groups = [...tallies.values()]
    .sort((a, b) => b.count - a.count || a.fingerprint.localeCompare(b.fingerprint))
    .map(({ hostCounts, ...group }) => ({
      ...group,
      hosts: topHosts(hostCounts),
      quarantined: quarantined.has(group.fingerprint),
    }));
  return { groups, others, read_at: readAt };
}

/** Returns false when the entry is of one kind too many. */
function addTo(tallies: Map<string, Tally>, { queue, entry }: PlacedEntry): boolean {
  let tally = tallies.get(entry.fingerprint);
  if (tally === undefined) {
    if (tallies.size >= MAX_GROUPS) return false;
    tally = {
      fingerprint: entry.fingerprint,
      class: entry.class,
      reason: entry.reason,
      error: entry.error,
      count: 0,
      queues: {},
      oldest_at: entry.first_failed_at,
      newest_at: entry.last_failed_at,
      hostCounts: new Map(),
    };
    tallies.set(entry.fingerprint, tally);
  }
  tally.count++;
  tally.queues[queue] = (tally.queues[queue] ?? 0) + 1;
  if (entry.first_failed_at < tally.oldest_at) tally.oldest_at = entry.first_failed_at;
  if (entry.last_failed_at > tally.newest_at) tally.newest_at = entry.last_failed_at;
  const { hostname } = eventOf(entry);
  const { hostCounts } = tally;
  if (hostCounts.has(hostname) || hostCounts.size < MAX_HOSTS) {
    hostCounts.set(hostname, (hostCounts.get(hostname) ?? 0) + 1);
  }
  return true;
}

function topHosts(counts: ReadonlyMap<string, number>): DeadLetterGroup["hosts"] {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN_HOSTS)
    .map(([host, count]) => ({ host, count }));
}

/** A report is used again for as many times as long as it took to read; reading is then a twentieth of the work. */
const REST_FACTOR = 20;

/** Makes `listGroups` for many that ask: they share a reading, which may be a few seconds old when there is much to read. */
export function createGroupView(deps: RedriveDeps & { entries: EntryReader }): {
  read(): Promise<GroupReport>;
  /** Something was changed: the next one to ask wants to see it. */
  forget(): void;
} {
  let reading: Promise<GroupReport> | undefined;
  let usableUntilMs = 0;
  const begin = async (): Promise<GroupReport> => {
    const startedMs = performance.now();
    const report = await listGroups(deps);
    const endedMs = performance.now();
    usableUntilMs = endedMs + Math.min(30_000, REST_FACTOR * (endedMs - startedMs));
    return report;
  };
  return {
    read() {
      if (reading === undefined || performance.now() > usableUntilMs) {
        usableUntilMs = Number.POSITIVE_INFINITY;
        const mine: Promise<GroupReport> = begin().catch((error: unknown) => {
          if (reading === mine) reading = undefined;
          throw error;
        });
        reading = mine;
      }
      return reading;
    },
    forget() {
      reading = undefined;
    },
  };
}
