import { type Delivery, type OutgoingAlert, packDeliveries } from "@mutt/alert";
import type { DeadLetter } from "@mutt/dead-letter";
import type { IngestedEvent } from "@mutt/event";
import type { ReplayOutcome, StoryWriter } from "@mutt/pipeline-state";
import { carriedReplays, type DeliveryExtras, type EventRetry, type IngestJob } from "@mutt/queues";
import type { Logger } from "@mutt/service";
import { type CountDeps, type CountSettings, countGroups } from "./count-groups.ts";
import { type ChunkDecision, decideChunk } from "./decide.ts";
import {
  buryEvent,
  failureOf,
  isPoison,
  roundOf,
  sortFailures,
  type WorkerIdentity,
} from "./failures.ts";
import type { AlerterMetrics } from "./metrics.ts";
import type { OverloadControl } from "./overload-control.ts";
import type { CompiledBook } from "./rule-cache.ts";
import { candidateOf, type ShedEvents, type ShedSettings, shedEvents } from "./shed.ts";
import type { ShedDigests } from "./shed-digest.ts";
import { storiesOf } from "./stories.ts";

/** The settings in force while a chunk is worked on. */
export interface ChunkSettings extends CountSettings, ShedSettings {
  maxRetries: number;
  batchMax: number;
}

/** What processing a chunk touches. */
export interface ChunkDeps extends Omit<CountDeps, "book"> {
  book(): CompiledBook;
  settings(): ChunkSettings;
  overload: Pick<OverloadControl, "current" | "sift" | "adds">;
  digests: Pick<ShedDigests, "note">;
  stories: StoryWriter;
  addDeliveries(deliveries: Delivery[], extras: DeliveryExtras): Promise<void>;
  addRetries(retries: EventRetry[]): Promise<void>;
  addDeferred(deferred: EventRetry): Promise<void>;
  addDeadLetters(entries: DeadLetter[]): Promise<void>;
  /** Tells remediation what became of replayed events; never waits. */
  countReplays(outcome: ReplayOutcome, alertIds: readonly string[]): void;
  /** Takes events that reached an outcome off the count of queued ones. */
  release(events: number): void;
  metrics: AlerterMetrics;
  logger: Logger;
  identity: WorkerIdentity;
}

/** A chunk as it came out of the queue. */
export interface ReceivedChunk {
  data: IngestJob;
  /** How often this job was taken up by a worker that was then lost. */
  stalledCounter: number;
}

/** A chunk that has lost this many workers is not given to another one. */
const MAX_LOST_WORKERS = 2;

/** What is to be written for a chunk, and counted after it was. */
interface ChunkOutcome {
  alerts: OutgoingAlert[];
  metaAlerts: OutgoingAlert[];
  retries: EventRetry[];
  deferred: EventRetry[];
  /** Dead letters of events that failed, and of events that were shed. */
  dead: DeadLetter[];
  shed: DeadLetter[];
  unhandled: number;
  decision: ChunkDecision;
}

const NOTHING_DECIDED: ChunkDecision = { alerts: [], logged: [], unhandled: [], failed: [] };

const NO_OUTCOME: ChunkOutcome = {
  alerts: [],
  metaAlerts: [],
  retries: [],
  deferred: [],
  dead: [],
  shed: [],
  unhandled: 0,
  decision: NOTHING_DECIDED,
};

/**
 * Works on one chunk: every event ends in exactly one outcome, and only then is the chunk acknowledged.
 * All writes are safe to repeat, so a crash at any point costs at most a second delivery under the same id.
 */
export async function processChunk(deps: ChunkDeps, chunk: ReceivedChunk): Promise<void> {
  const settings = deps.settings();
  const outcome =
    giveUp(deps, chunk, settings) ??
    shedWhole(deps, chunk, settings) ??
    (await decide(deps, chunk, settings));
  await store(deps, chunk.data, outcome, settings.batchMax);
  deps.release(chunk.data.events.length - eventsIn([...outcome.retries, ...outcome.deferred]));
  report(deps, outcome);
  countReplays(deps, chunk.data, outcome);
}

/** Poison goes first: what kills workers or always fails must not go round with what is put off. */
function giveUp(
  { identity }: ChunkDeps,
  { data, stalledCounter }: ReceivedChunk,
  { maxRetries }: ChunkSettings,
): ChunkOutcome | undefined {
  const lost = (data.lost_workers ?? 0) + stalledCounter;
  if (lost >= MAX_LOST_WORKERS) {
    const error = `the chunk of ${data.events.length} events has lost ${lost} workers`;
    const failure = failureOf(data, error, identity);
    const history = [...(data.failures ?? []), failure];
    const why = { class: "worker_lost", reason: "worker_lost", error, history } as const;
    const dead = data.events.map((event) => buryEvent(data, event, { ...why, at: failure.at }));
    return { ...NO_OUTCOME, dead };
  }
  if (!isPoison(data, maxRetries)) return undefined;
  const history = data.failures ?? [];
  const error = history.at(-1)?.error ?? "failed too often";
  const at = new Date().toISOString();
  const why = { class: "unknown", reason: "retries_exhausted", error, history, at } as const;
  return { ...NO_OUTCOME, dead: data.events.map((event) => buryEvent(data, event, why)) };
}

/** The strict policy asks no rule: everything goes, which is the cheapest way. */
function shedWhole(
  deps: ChunkDeps,
  chunk: ReceivedChunk,
  settings: ChunkSettings,
): ChunkOutcome | undefined {
  const overload = deps.overload.current();
  if (overload.policy !== "strict" || overload.share < 1) return undefined;
  const shed = outcomeOfShed(deps, chunk, settings, { protected: [], others: chunk.data.events });
  return { ...NO_OUTCOME, ...shed };
}

async function decide(
  deps: ChunkDeps,
  chunk: ReceivedChunk,
  settings: ChunkSettings,
): Promise<ChunkOutcome> {
  const book = deps.book();
  const decision = decideChunk(chunk.data.events, book);
  const counted = await countGroups({ ...deps, book }, decision, settings);
  const { kept, shed } = siftAlerts(deps, decision.alerts);
  const { maxRetries } = settings;
  return {
    ...sortFailures(chunk.data, decision.failed, { maxRetries, identity: deps.identity }),
    ...outcomeOfShed(deps, chunk, settings, shed),
    ...counted,
    alerts: kept,
    decision,
  };
}

/** Only what would be forwarded can be shed: the rest costs the queue of the forwarder nothing. */
function siftAlerts(
  { overload }: ChunkDeps,
  alerts: OutgoingAlert[],
): { kept: OutgoingAlert[]; shed: ShedEvents } {
  const candidates = alerts.map(candidateOf);
  const isShed = overload.sift(candidates);
  const shed: ShedEvents = { protected: [], others: [] };
  const kept = alerts.filter((alert, index) => {
    if (!isShed[index]) return true;
    const group = candidates[index]?.isProtected ? shed.protected : shed.others;
    group.push(alert.custom_info.event);
    return false;
  });
  return { kept, shed };
}

function outcomeOfShed(
  deps: ChunkDeps,
  { data, stalledCounter }: ReceivedChunk,
  settings: ChunkSettings,
  shed: ShedEvents,
): Pick<ChunkOutcome, "deferred" | "shed"> {
  const { deferred, dead } = shedEvents(data, shed, {
    settings,
    overload: deps.overload.current(),
    lostWorkers: (data.lost_workers ?? 0) + stalledCounter,
    at: new Date(),
    chance: Math.random(),
  });
  return { deferred, shed: dead };
}

async function store(
  deps: ChunkDeps,
  job: IngestJob,
  { alerts, metaAlerts, retries, deferred, dead, shed, decision }: ChunkOutcome,
  batchMax: number,
): Promise<void> {
  const deliveries = packDeliveries([...alerts, ...metaAlerts], batchMax);
  const deadLetters = [...dead, ...shed];
  const extras = extrasOf(job);
  deps.overload.adds(deliveries.length);
  // Before the events move on: whoever takes them next has the last word.
  const ends = { deliveries, extras, decision, retries, deferred, deadLetters };
  deps.stories.note(storiesOf(ends, Date.now()));
  await deps.untilStored(async () => {
    if (deliveries.length > 0) await deps.addDeliveries(deliveries, extras);
    if (retries.length > 0) await deps.addRetries(retries);
    for (const each of deferred) await deps.addDeferred(each);
    if (deadLetters.length > 0) await deps.addDeadLetters(deadLetters);
  });
}

/** The history of earlier rounds goes along; attempts of this one would count against those of the delivery. */
function extrasOf(job: IngestJob): DeliveryExtras {
  const failures = (job.failures ?? []).filter(({ replay }) => replay < roundOf(job));
  return { ...carriedReplays(job), ...(failures.length > 0 ? { failures } : {}) };
}

/** What was forwarded is not at its end yet: the forwarder counts it. */
function countReplays(
  deps: ChunkDeps,
  job: IngestJob,
  { decision, dead, shed, deferred, retries }: ChunkOutcome,
): void {
  if (!job.replays && !job.free_replays) return;
  const isOpen = new Set([...deferred, ...retries].flatMap(({ data }) => data.events.map(idOf)));
  const failed = [...dead, ...shed].map(({ alert_id }) => alert_id);
  const ended = [...decision.logged.map(({ event }) => event), ...decision.unhandled].map(idOf);
  const isFailed = new Set(failed);
  deps.countReplays("fail", failed);
  deps.countReplays(
    "success",
    ended.filter((id) => !isFailed.has(id) && !isOpen.has(id)),
  );
}

function idOf({ id }: IngestedEvent): string {
  return id;
}

function eventsIn(retries: readonly EventRetry[]): number {
  return retries.reduce((sum, { data }) => sum + data.events.length, 0);
}

function report(
  { metrics, digests, logger }: ChunkDeps,
  { decision, alerts, shed, deferred, ...outcome }: ChunkOutcome,
): void {
  const shedToDlq = shed.map(({ payload }) => payload as IngestedEvent);
  const putOff = deferred.flatMap(({ data }) => data.events);
  digests.note("dlq", shedToDlq);
  digests.note("defer", putOff);
  metrics.shed("dlq", shedToDlq);
  metrics.shed("defer", putOff);
  metrics.outcome("forwarded", alerts.length);
  metrics.outcome("logged", decision.logged.length);
  metrics.outcome("unhandled", outcome.unhandled);
  metrics.outcome("dead", outcome.dead.length);
  metrics.outcome("shed", shed.length);
  metrics.outcome("deferred", putOff.length);
  metrics.metaAlerts(outcome.metaAlerts.length);
  metrics.retried(outcome.retries.length);
  metrics.handled(alerts.map((alert) => alert.custom_info.handling));
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
