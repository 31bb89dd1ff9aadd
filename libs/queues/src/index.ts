export {
  addChunks,
  addDeadLetters,
  addDeferredEvents,
  addDeliveries,
  addEventRetries,
  type DeliveryExtras,
  deliveryJobId,
  type EventRetry,
} from "./add.ts";
export { closeQueue, closeWorker } from "./close.ts";
export { backlog, QUEUE_STATES, type QueueCounts, readCounts } from "./counts.ts";
export {
  type DeadLetterList,
  type DeadLetterListOptions,
  listDeadLetters,
} from "./dead-letter-list.ts";
export {
  type DeadLetterItem,
  type DeadLetterKeys,
  type DeadLetterPage,
  type DeadLetterPageOptions,
  type DeadLetterState,
  readDeadLetter,
  readDeadLetterPage,
} from "./dead-letter-pages.ts";
export { createDeadLetterReader, type DeadLetterReader } from "./dead-letter-reader.ts";
export { countDrained, readDrained } from "./drained.ts";
export {
  carriedReplays,
  deadLetterJobId,
  derivedJobId,
  type ReplayCounts,
  replaySuffix,
} from "./ids.ts";
export {
  ingestDepthKey,
  raiseIngestDepth,
  readIngestDepth,
  releaseIngestDepth,
  settleIngestDepth,
} from "./ingest-depth.ts";
export { findJob, findQueuedEvent, type JobPlace } from "./job-place.ts";
export {
  ALERT_JOB_ATTEMPTS,
  type AlertJob,
  type IngestJob,
  type JobData,
  MAX_CHUNK_EVENTS,
  MAX_INGEST_JOB_BYTES,
  priorityOf,
} from "./jobs.ts";
export {
  createLedgerWriter,
  LEDGER_ENTRIES,
  type LedgerEntry,
  type LedgerWriter,
} from "./ledger.ts";
export {
  DEAD_LETTER_QUEUES,
  type DeadLetterQueueName,
  QUEUE_NAMES,
  type QueueName,
} from "./names.ts";
export { oldestAgeSeconds } from "./oldest-age.ts";
export { openQueue, type PipelineQueue, type QueueConnection } from "./queue.ts";
export { type Ledger, readLedger } from "./read-ledger.ts";
export { addReplay, type OriginQueues, replayJobId, retryParked } from "./replay.ts";
export {
  announceRetry,
  forgetRequest,
  type ReplayRequest,
  readRequest,
  requestReplay,
} from "./replay-requests.ts";
export { sweepFailedJobs } from "./sweep.ts";
export {
  createWorker,
  type PipelineJob,
  type PipelineWorker,
  type Processor,
  type WorkerTuning,
} from "./worker.ts";
