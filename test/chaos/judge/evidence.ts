import type { DeadLetterQueueName } from "@mutt/queues";
import type { SentRequest } from "../oracle/sent.ts";

/** An alert that the receiver took. */
export interface Delivery {
  id: string;
  /** How often it was taken. */
  times: number;
  hostname: string;
  /** Made by the pipeline itself: a meta-alert, or the digest of what was shed. */
  isGenerated: boolean;
  /** Of the event it was made of; absent in what was generated. */
  marker?: string;
}

/** A dead letter as it stands in its queue at the end. */
export interface Parked {
  queue: DeadLetterQueueName;
  jobId: string;
  state: "failed" | "wait" | "active" | "delayed";
  alertId: string;
  class: string;
  reason: string;
  /** What Bull Board shows as the error. */
  failedReason: string;
  replays: number;
  hostname: string;
  isGenerated: boolean;
}

/** All that the judge goes by. */
export interface Evidence {
  requests: readonly SentRequest[];
  deliveries: readonly Delivery[];
  parked: readonly Parked[];
  /** Ids of events of which an alerter has said that it logged them. */
  logged: ReadonlySet<string>;
  /** Events without a rule that were counted, by host. */
  strays: ReadonlyMap<string, number>;
  /** The count of one host from which a meta-alert is due. */
  strayThreshold: number;
  /** Alerts and events of jobs that were in hand when something was broken off. */
  inHand: number;
}

/** Something that must not be. */
export interface Violation {
  what: string;
  detail: string;
  /** Ids of the events it is about. */
  ids: readonly string[];
}
