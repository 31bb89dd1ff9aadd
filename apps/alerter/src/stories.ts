import type { Delivery, OutgoingAlert } from "@mutt/alert";
import type { DeadLetter } from "@mutt/dead-letter";
import type { IngestedEvent } from "@mutt/event";
import type { StoryNote, StoryRecord, StoryStage } from "@mutt/pipeline-state";
import { type DeliveryExtras, deadLetterJobId, deliveryJobId, type EventRetry } from "@mutt/queues";
import type { ChunkDecision } from "./decide.ts";

/** Where the events of a chunk go. */
export interface ChunkEnds {
  deliveries: readonly Delivery[];
  extras: DeliveryExtras;
  decision: Pick<ChunkDecision, "logged" | "unhandled">;
  retries: readonly EventRetry[];
  deferred: readonly EventRetry[];
  deadLetters: readonly DeadLetter[];
}

/** Says of every event of a chunk where it is from now on, `at` in epoch milliseconds. */
export function* storiesOf(ends: ChunkEnds, at: number): Generator<StoryNote> {
  for (const delivery of ends.deliveries) {
    const jobId = deliveryJobId(delivery, ends.extras);
    for (const alert of delivery.alerts) {
      yield [alert.external_id, { ...ofAlert(alert, at), stage: "queued", jobId }];
    }
  }
  for (const { event, handling, environment, ruleId } of ends.decision.logged) {
    yield [event.id, { ...ofEvent("logged", event, at), ruleId, handling, environment }];
  }
  for (const event of ends.decision.unhandled) {
    yield [event.id, ofEvent("unhandled", event, at)];
  }
  yield* putBack("put_off", ends.deferred, at);
  yield* putBack("retried", ends.retries, at);
  for (const entry of ends.deadLetters) {
    const event = entry.payload as IngestedEvent;
    const jobId = deadLetterJobId(entry.alert_id, entry);
    yield [entry.alert_id, { ...ofEvent("dead", event, at), jobId }];
  }
}

function* putBack(
  stage: StoryStage,
  retries: readonly EventRetry[],
  at: number,
): Generator<StoryNote> {
  for (const { data, delayMs } of retries) {
    for (const event of data.events) {
      yield [event.id, { ...ofEvent(stage, event, at), until: at + Math.round(delayMs) }];
    }
  }
}

function ofAlert({ custom_info }: OutgoingAlert, at: number): Omit<StoryRecord, "stage"> {
  const { event, rule_id, handling, environment } = custom_info;
  return { at, receivedAt: Date.parse(event.received_at), ruleId: rule_id, handling, environment };
}

function ofEvent(stage: StoryStage, event: IngestedEvent, at: number): StoryRecord {
  return { stage, at, receivedAt: Date.parse(event.received_at), ruleId: null };
}
