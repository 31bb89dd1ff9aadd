import type { FailedAttempt } from "@mutt/dead-letter";
import type { IngestedEvent } from "@mutt/event";
import { STORY_STAGES, type StoryRecord } from "@mutt/pipeline-state";
import type { DeadLetterQueueName, JobPlace } from "@mutt/queues";
import { eventOf } from "@mutt/replay";
import { z } from "zod";

/** Where an event may be: a stage that was noted, or what the queues say. */
const STORY_STATES = [...STORY_STAGES, "received", "left"] as const;

/** The state of a story. */
type StoryState = (typeof STORY_STATES)[number];

/** The story of one event, as the API tells it. */
export const Story = z.object({
  id: z.string(),
  state: z
    .enum(STORY_STATES)
    .describe("Where it is; `left`: it has left its queue, and nobody has noted where to"),
  received_at: z.string().nullable(),
  rule: z
    .object({
      id: z.int(),
      name: z.string().nullable().describe("null: the rule is gone"),
      why: z.string().describe("What made it match, or what the rule asks for as it stands now"),
      handling: z.string().nullable(),
      environment: z.string().nullable(),
    })
    .nullable()
    .describe("The rule that matched; null when none did, or none was asked yet"),
  place: z
    .object({
      queue: z.string(),
      job_id: z.string(),
      state: z.string(),
      due_at: z.string().nullable().describe("Until when it is put off"),
      waits_for: z.string().nullable(),
    })
    .nullable()
    .describe("The job that holds it now"),
  steps: z
    .array(z.object({ at: z.string(), what: z.string() }))
    .describe("What happened, oldest first"),
});

/** All that is known of an event. */
export interface StoryFacts {
  id: string;
  record: StoryRecord | undefined;
  place: JobPlace<"ingest" | "alert" | DeadLetterQueueName> | undefined;
  rule: { name: string; why: string } | undefined;
  /** What holds up deliveries now, if anything. */
  obstacle: string | undefined;
}

/** Puts together what is known of an event. */
export function tellStory({
  id,
  record,
  place,
  rule,
  obstacle,
}: StoryFacts): z.input<typeof Story> {
  const received = record?.receivedAt ?? receivedAtOf(id, place);
  const steps = [
    ...(received === undefined ? [] : [{ at: received, what: "received and queued" }]),
    ...failuresOf(place).map(({ at, attempt, error, replay }) => ({
      at: Date.parse(at),
      what: `attempt ${attempt}${replay > 0 ? ` of replay ${replay}` : ""} failed: ${error}`,
    })),
    ...(record === undefined ? [] : [{ at: record.at, what: describeStage(record, place) }]),
  ].sort((a, b) => a.at - b.at);
  return {
    id,
    state: stateOf(record, place),
    received_at: received === undefined ? null : isoOf(received),
    rule:
      record === undefined || record.ruleId === null
        ? null
        : {
            id: record.ruleId,
            name: rule?.name ?? null,
            why: rule?.why ?? "the rule has been removed since",
            handling: record.handling ?? null,
            environment: record.environment ?? null,
          },
    place: place === undefined ? null : describePlace(place, obstacle),
    steps: steps.map(({ at, what }) => ({ at: isoOf(at), what })),
  };
}

/** What stands in a queue is there whatever was noted last. */
function stateOf(record: StoryRecord | undefined, place: StoryFacts["place"]): StoryState {
  if (place !== undefined) {
    if (place.queue.startsWith("dlq-")) return "dead";
    if (place.queue === "alert") return "queued";
    const stage = record?.stage;
    return stage === "put_off" || stage === "retried" || stage === "replayed" ? stage : "received";
  }
  const stage = record?.stage ?? "left";
  return stage === "queued" || stage === "dead" ? "left" : stage;
}

function describePlace(place: NonNullable<StoryFacts["place"]>, obstacle: string | undefined) {
  const { queue, id, state, dueAt, progress } = place;
  return {
    queue,
    job_id: id,
    state,
    due_at: dueAt === undefined ? null : isoOf(dueAt),
    waits_for: gateIn(progress) ?? (queue === "alert" ? (obstacle ?? null) : null),
  };
}

function gateIn(progress: unknown): string | undefined {
  if (typeof progress !== "object" || progress === null) return undefined;
  const { waits_for } = progress as { waits_for?: unknown };
  return typeof waits_for === "string" ? waits_for : undefined;
}

const STAGES: Record<StoryRecord["stage"], string> = {
  put_off: "put off because of an overload",
  retried: "could not be processed, to be tried again",
  queued: "matched a rule and was queued for delivery",
  logged: "matched a rule that does not forward: logged",
  unhandled: "no rule matched: counted for the meta-alert of its host",
  delivered: "delivered",
  dead: "became a dead letter",
  replayed: "replayed from the dead letters",
  expired: "removed: older than dlq_retention_days",
};

function describeStage(
  { stage, attempts, until }: StoryRecord,
  place: StoryFacts["place"],
): string {
  const text = STAGES[stage];
  if (stage === "delivered" && attempts !== undefined && attempts > 1) {
    return `${text} at attempt ${attempts}`;
  }
  if (until !== undefined) return `${text}, until ${isoOf(until)}`;
  if (stage === "dead" && place !== undefined && "error" in place.data) {
    return `${text} of class ${place.data.class}: ${place.data.error}`;
  }
  return text;
}

function failuresOf(place: StoryFacts["place"]): readonly FailedAttempt[] {
  if (place === undefined) return [];
  return "history" in place.data ? place.data.history : (place.data.failures ?? []);
}

function receivedAtOf(id: string, place: StoryFacts["place"]): number | undefined {
  const event = eventIn(id, place);
  return event === undefined ? undefined : Date.parse(event.received_at);
}

/** The event itself, where a job still holds it. */
export function eventIn(id: string, place: StoryFacts["place"]): IngestedEvent | undefined {
  if (place === undefined) return undefined;
  const { data } = place;
  if ("events" in data) return data.events.find((event) => event.id === id);
  if ("alerts" in data) {
    return data.alerts.find((alert) => alert.external_id === id)?.custom_info.event;
  }
  return eventOf(data);
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
