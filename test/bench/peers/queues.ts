/** The queues of the bare two-hop pipeline, in the order an event meets them. */
export const PEER_QUEUES = { first: "peer-ingest", second: "peer-alert" } as const;

/** Finished jobs go, as in MUTT; everything else is BullMQ's default. */
export const JOB_OPTIONS = { removeOnComplete: true } as const;

/** Events that the first worker has in hand at once. */
export const FIRST_CONCURRENCY = 64;

/** Requests under way at once: as many as MUTT's forwarder has. */
export const SECOND_CONCURRENCY = 32;
