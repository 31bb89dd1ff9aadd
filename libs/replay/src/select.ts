import type { DeadLetter } from "@mutt/dead-letter";
import { severityOf } from "./filter.ts";
import { type AutomaticDecision, decideAutomatic, type ReplaySettings } from "./policy.ts";

/** An entry with its place. */
export interface PlacedEntry {
  queue: string;
  /** Id of its job. */
  id: string;
  entry: DeadLetter;
}

/** What is known of the canary of a kind of failure. */
export type CanaryState = "pending" | "delivered" | "failed";

/** What an interval of automatic replay takes on. */
export interface Selection {
  /** In the order in which they are to go. */
  replay: PlacedEntry[];
  /** Those of `replay` that go ahead for their kind. */
  canaries: PlacedEntry[];
  /** Out of replays. */
  bury: PlacedEntry[];
}

/** What the selection goes by. */
export interface SelectionContext {
  settings: ReplaySettings;
  /** Entries to replay at most. */
  most: number;
  isQuarantined(fingerprint: string): boolean;
  canaryOf(fingerprint: string): CanaryState | undefined;
  nowMs: number;
}

/** Intervals that an entry which has to go alone makes way for others. */
const OVERDUE_INTERVALS = 10;

/**
 * Picks what is replayed next: the most severe first, inside a severity in turns between kinds of failure, so that a large
 * group does not hold up the others, and inside a kind the oldest first.
 * Of an unknown kind one goes ahead, and the rest only after it was delivered; what has lost a worker goes alone.
 */
export function selectAutomatic(
  entries: readonly PlacedEntry[],
  context: SelectionContext,
): Selection {
  const selection: Selection = { replay: [], canaries: [], bury: [] };
  const eligible: PlacedEntry[] = [];
  const alone: PlacedEntry[] = [];
  const tried = new Set<string>();
  for (const placed of entries) {
    const { fingerprint } = placed.entry;
    const decision: AutomaticDecision = decideAutomatic(
      placed.entry,
      context.settings,
      context.nowMs,
    );
    if (decision.kind === "bury") selection.bury.push(placed);
    if (context.isQuarantined(fingerprint)) continue;
    if (decision.kind === "alone") alone.push(placed);
    if (decision.kind === "replay") eligible.push(placed);
    if (decision.kind !== "canary") continue;
    const canary = context.canaryOf(fingerprint);
    if (canary === "delivered") eligible.push(placed);
    if (canary !== undefined || tried.has(fingerprint)) continue;
    tried.add(fingerprint);
    selection.canaries.push(placed);
    eligible.push(placed);
  }
  const most = Math.max(0, context.most);
  selection.replay = inTurns(eligible).slice(0, most);
  // Whatever takes workers down must not take others with it. It makes way for them, but not for ever.
  const isOverdue = ({ entry }: PlacedEntry) =>
    context.nowMs - Date.parse(entry.last_failed_at) >
    OVERDUE_INTERVALS * context.settings.intervalMs;
  const next = selection.replay.length === 0 ? alone[0] : alone.find(isOverdue);
  if (next !== undefined && most > 0) selection.replay = [next];
  selection.canaries = selection.canaries.filter((each) => selection.replay.includes(each));
  return selection;
}

function inTurns(entries: readonly PlacedEntry[]): PlacedEntry[] {
  const bySeverity = Map.groupBy(entries, ({ entry }) => severityOf(entry));
  return [...bySeverity.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, group]) => takeTurns(group));
}

function takeTurns(entries: readonly PlacedEntry[]): PlacedEntry[] {
  const oldestFirst = [...entries].sort((a, b) =>
    a.entry.last_failed_at.localeCompare(b.entry.last_failed_at),
  );
  const kinds = [...Map.groupBy(oldestFirst, ({ entry }) => entry.fingerprint).values()];
  const longest = Math.max(0, ...kinds.map((kind) => kind.length));
  return Array.from({ length: longest }, (_, turn) =>
    kinds.flatMap((kind) => kind.slice(turn, turn + 1)),
  ).flat();
}
