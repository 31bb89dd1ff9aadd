import type { OutgoingAlert } from "@mutt/alert";
import {
  type Candidate,
  type DeferSettings,
  deferMs,
  LEAST_SEVERE_PROTECTED,
  type Overload,
  type ShedMode,
} from "@mutt/backpressure";
import type { DeadLetter } from "@mutt/dead-letter";
import type { IngestedEvent } from "@mutt/event";
import type { EventRetry, IngestJob } from "@mutt/queues";
import { buryEvent } from "./failures.ts";

/** The settings of shedding in force. */
export interface ShedSettings extends DeferSettings {
  mode: ShedMode;
  /** How often an event may be put off before it becomes a dead letter. */
  maxDefers: number;
}

/** Events that the overload does not let through. */
export interface ShedEvents {
  /** Never dead letters: they are put off for as long as the overload lasts. */
  protected: IngestedEvent[];
  others: IngestedEvent[];
}

/** What becomes of the events that are shed. */
export interface ShedOutcome {
  deferred: EventRetry[];
  dead: DeadLetter[];
}

/** What matters of an alert for the question whether it is shed. */
export function candidateOf({ custom_info }: OutgoingAlert): Candidate {
  const { event, handling } = custom_info;
  const pages = handling === "Page_and_ticket" || handling === "Page_only";
  return {
    severity: event.severity,
    source: event.hostname,
    isProtected: pages && event.severity <= LEAST_SEVERE_PROTECTED,
  };
}

/**
 * Decides what becomes of shed events: dead letters of class `capacity`, or put off.
 * Neither spends an attempt or a replay. Events that came back from a lost worker were let in once already: they wait
 * for the end of the overload, as the protected ones do.
 */
export function shedEvents(
  job: IngestJob,
  shed: ShedEvents,
  context: {
    settings: ShedSettings;
    overload: Overload;
    /** Workers that the events have lost, in this job and before it. */
    lostWorkers: number;
    at: Date;
    chance: number;
  },
): ShedOutcome {
  const { settings, lostWorkers } = context;
  const defers = job.defers ?? 0;
  const mayWait = lostWorkers > 0 || (settings.mode === "defer" && defers < settings.maxDefers);
  const waiting = [...shed.protected, ...(mayWait ? shed.others : [])];
  const dying = mayWait ? [] : shed.others;
  return {
    deferred: waiting.length > 0 ? [putOff(job, waiting, context)] : [],
    dead: dying.map((event) => buryShed(job, event, context)),
  };
}

function putOff(
  job: IngestJob,
  events: IngestedEvent[],
  context: Parameters<typeof shedEvents>[2],
): EventRetry {
  const { settings, lostWorkers, chance } = context;
  const defers = job.defers ?? 0;
  const data: IngestJob = { ...job, events, defers: defers + 1 };
  if (lostWorkers > 0) data.lost_workers = lostWorkers;
  return { data, delayMs: deferMs(defers, settings, chance) };
}

function buryShed(
  job: IngestJob,
  event: IngestedEvent,
  { settings, overload, at }: Parameters<typeof shedEvents>[2],
): DeadLetter {
  const isWornOut = settings.mode === "defer";
  const depth = `${Math.round(overload.depth)} deliveries wait for the forwarder`;
  return buryEvent(job, event, {
    class: "capacity",
    reason: isWornOut ? "max_defers" : "shed",
    error: isWornOut ? `put off ${job.defers} times, and still ${depth}` : `shed: ${depth}`,
    history: job.failures ?? [],
    at: at.toISOString(),
  });
}
