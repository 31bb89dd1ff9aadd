/** The queues of the pipeline, in the order an event meets them. */
export const QUEUE_NAMES = ["ingest", "alert", "dlq-alerter", "dlq-forwarder", "dlq-dead"] as const;

/** Name of a queue. */
export type QueueName = (typeof QUEUE_NAMES)[number];

/** The queues that hold dead letters; a failed job there is an entry. */
export const DEAD_LETTER_QUEUES = ["dlq-alerter", "dlq-forwarder", "dlq-dead"] as const;

/** Name of a dead letter queue. */
export type DeadLetterQueueName = (typeof DEAD_LETTER_QUEUES)[number];
