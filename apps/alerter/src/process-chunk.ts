import { buildMetaAlert, type Delivery, type OutgoingAlert, packDeliveries } from "@mutt/alert";
import {
  clipError,
  createDeadLetter,
  type DeadLetter,
  type FailedAttempt,
} from "@mutt/dead-letter";
import { deriveId, type IngestedEvent } from "@mutt/event";
import { carriedReplays, type EventRetry, type IngestJob, type ReplayCounts } from "@mutt/queues";
import type { Logger } from "@mutt/service";
import { type ChunkDecision, decideChunk } from "./decide.ts";
import type { AlerterMetrics } from "./metrics.ts";
import type { CompiledBook } from "./rule-cache.ts";
import type { UntilStored } from "./stored.ts";
import {
  groupUnhandled,
  type UnhandledCount,
  type UnhandledGroup,
  type UnhandledLimits,
} from "./unhandled.ts";

/** The settings in force while a chunk is worked on. */
export interface ChunkSettings extends UnhandledLimits {
  defaultTeam: string;
  maxRetries: number;
  batchMax: number;
}

/** What processing a chunk touches. */
export interface ChunkDeps {
  book(): CompiledBook;
  settings(): ChunkSettings;
  countUnhandled(groups: UnhandledGroup[], limits: UnhandledLimits): Promise<UnhandledCount[]>;
  addDeliveries(deliveries: Delivery[], replays: ReplayCounts): Promise<void>;
  addRetries(retries: EventRetry[]): Promise<void>;
  addDeadLetters(entries: DeadLetter[]): Promise<void>;
  /** Takes events that reached an outcome off the count of queued ones. */
  release(events: number): void;
  untilStored: UntilStored;
  metrics: AlerterMetrics;
  logger: Logger;
  /** Names this process in the history of failures. */
  worker: string;
  version: string;
}

/**
 * Works on one chunk: every event ends in exactly one outcome, and only then is the chunk acknowledged.
 * All writes are safe to repeat, so a crash at any point costs at most a second delivery under the same id.
 */
export async function processChunk(deps: ChunkDeps, job: IngestJob): Promise<void> {
  const settings = deps.settings();
  const decision = decideChunk(job.events, deps.book());
  const counted = await countGroups(deps, decision, settings);
  const { retries, dead } = sortFailures(deps, job, decision, settings.maxRetries);

  const deliveries = packDeliveries([...decision.alerts, ...counted.metaAlerts], settings.batchMax);
  await deps.untilStored(async () => {
    if (deliveries.length > 0) await deps.addDeliveries(deliveries, carriedReplays(job));
    if (retries.length > 0) await deps.addRetries(retries);
    if (dead.length > 0) await deps.addDeadLetters(dead);
  });

  deps.release(job.events.length - retries.length);
  report(deps, decision, {
    unhandled: counted.unhandled,
    metaAlerts: counted.metaAlerts.length,
    dead: dead.length,
    retried: retries.length,
  });
}

/** Counts what no rule knew; groups that cannot be counted join the failed events. */
async function countGroups(
  deps: ChunkDeps,
  decision: ChunkDecision,
  settings: ChunkSettings,
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
      metaAlerts.push(metaAlertOf(deps.book(), group, count.count, settings));
    }
  });
  return { unhandled, metaAlerts };
}

function metaAlertOf(
  book: CompiledBook,
  group: UnhandledGroup,
  count: number,
  settings: ChunkSettings,
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

/** Decides for each failed event: once more, after a pause, or a dead letter of its own. */
function sortFailures(
  deps: ChunkDeps,
  job: IngestJob,
  decision: ChunkDecision,
  maxRetries: number,
): { retries: EventRetry[]; dead: DeadLetter[] } {
  const retries: EventRetry[] = [];
  const dead: DeadLetter[] = [];
  for (const { event, error } of decision.failed) {
    const failure: FailedAttempt = {
      at: new Date().toISOString(),
      attempt: (job.failures?.at(-1)?.attempt ?? 0) + 1,
      replay: (job.replays ?? 0) + (job.free_replays ?? 0),
      worker: deps.worker,
      version: deps.version,
      error: clipError(error.message),
    };
    const failures = [...(job.failures ?? []), failure];
    if (failures.length <= maxRetries) {
      const data: IngestJob = { events: [event], failures, ...carriedReplays(job) };
      retries.push({ data, delayMs: retryDelayMs(failures.length) });
    } else {
      dead.push(
        createDeadLetter(
          { origin_queue: "ingest", payload: event },
          {
            class: "unknown",
            reason: "retries_exhausted",
            error: error.message,
            replays: 0,
            ...carriedReplays(job),
            history: failures,
            at: failure.at,
          },
        ),
      );
    }
  }
  return { retries, dead };
}

/** One second, doubling to half a minute, with the upper half left to chance so that retries spread. */
export function retryDelayMs(failures: number, random: () => number = Math.random): number {
  return Math.min(1000 * 2 ** (failures - 1), 30_000) * (0.5 + random() / 2);
}

function report(
  { metrics, logger }: ChunkDeps,
  decision: ChunkDecision,
  counts: { unhandled: number; metaAlerts: number; dead: number; retried: number },
): void {
  metrics.outcome("forwarded", decision.alerts.length);
  metrics.outcome("logged", decision.logged.length);
  metrics.outcome("unhandled", counts.unhandled);
  metrics.outcome("dead", counts.dead);
  metrics.metaAlerts(counts.metaAlerts);
  metrics.retried(counts.retried);
  metrics.handled(decision.alerts.map((alert) => alert.custom_info.handling));
  metrics.handled(decision.logged.map(({ handling }) => handling));
  for (const { event, error } of decision.failed) {
    logger.warn("an event could not be processed", {
      alert_id: event.id,
      correlation_id: event.correlation_id,
      detail: error.message,
    });
  }
  if (!logger.isEnabled("debug")) return;
  for (const { event, handling } of decision.logged) {
    logger.debug("event logged, not forwarded", {
      alert_id: event.id,
      correlation_id: event.correlation_id,
      handling,
    });
  }
}
