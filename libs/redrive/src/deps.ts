import type { PlacedEntry } from "@mutt/replay";
import type { Redis } from "ioredis";

/** The dead letter queues, in the order in which a redrive works on them. */
export const QUEUES = ["dlq-forwarder", "dlq-alerter", "dlq-dead"] as const;

/** Name of a dead letter queue. */
export type QueueName = (typeof QUEUES)[number];

/** Reads dead letters in bounded pages, the oldest first; the library of the queues has one. */
export interface EntryReader {
  readPage(
    queue: QueueName,
    options: { state: "failed" | "delayed" | "waiting"; after?: string | undefined; limit: number },
  ): Promise<{ items: readonly PlacedEntry[]; next?: string }>;
}

/** Where redrives are kept. */
export interface RedriveDeps {
  redis: Redis;
  prefix: string;
}

/** What an order needs besides. */
export interface OrderDeps extends RedriveDeps {
  /**
   * Key of the stream of audit entries, each as JSON in the field `entry`. The change and its entry are one script, so that
   * there is neither without the other.
   */
  auditKey: string;
}

/** Who gives an order, and why. */
export interface OrderBy {
  /** `cli:<user>` or the name of a key. */
  actor: string;
  /** What the actor's key may do, where there is a key. */
  role?: string | undefined;
  reason?: string | undefined;
}
