import { buildMetaAlert, type OutgoingAlert } from "@mutt/alert";
import { deriveId, type IngestedEvent } from "@mutt/event";
import type { ChunkDecision } from "./decide.ts";
import type { CompiledBook } from "./rule-cache.ts";
import type { UntilStored } from "./stored.ts";
import {
  groupUnhandled,
  type UnhandledCount,
  type UnhandledGroup,
  type UnhandledLimits,
} from "./unhandled.ts";

/** What counting touches. */
export interface CountDeps {
  book: CompiledBook;
  countUnhandled(groups: UnhandledGroup[], limits: UnhandledLimits): Promise<UnhandledCount[]>;
  untilStored: UntilStored;
}

/** The settings of counting. */
export interface CountSettings extends UnhandledLimits {
  defaultTeam: string;
}

/** Counts what no rule knew; groups that cannot be counted join the failed events of the decision. */
export async function countGroups(
  deps: CountDeps,
  decision: ChunkDecision,
  settings: CountSettings,
): Promise<{ unhandled: number; metaAlerts: OutgoingAlert[] }> {
  const groups = groupUnhandled(decision.unhandled);
  let counts: UnhandledCount[] = [];
  await deps.untilStored(async () => {
    counts = await deps.countUnhandled(groups, settings);
  });
  const metaAlerts: OutgoingAlert[] = [];
  let unhandled = 0;
  groups.forEach((group, index) => {
    const count = counts[index];
    if (count === undefined) return;
    if (count.kind === "failed") {
      for (const event of group.events) decision.failed.push({ event, error: count.error });
      return;
    }
    unhandled += group.events.length;
    if (count.kind === "crossed") {
      metaAlerts.push(metaAlertOf(deps.book, group, count.count, settings));
    }
  });
  return { unhandled, metaAlerts };
}

function metaAlertOf(
  book: CompiledBook,
  group: UnhandledGroup,
  count: number,
  settings: CountSettings,
): OutgoingAlert {
  const event = group.events[0] as IngestedEvent;
  return buildMetaAlert({
    id: deriveId("unhandled", event.id, settings.threshold),
    pattern: group.pattern,
    count,
    threshold: settings.threshold,
    windowSeconds: settings.expirySeconds,
    team: book.teamOf(group.hostname) ?? settings.defaultTeam,
    environment: book.environmentOf(group.hostname),
    event,
  });
}
