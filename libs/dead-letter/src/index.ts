export {
  boundHistory,
  clipError,
  createDeadLetter,
  DEAD_LETTER_CLASSES,
  type DeadLetter,
  type DeadLetterClass,
  type DeadLetterOrigin,
  type FailedAttempt,
  fingerprintOf,
  type GiveUp,
  nextAttempt,
} from "./dead-letter.ts";
export { giveUpOnLostJob, type LostJob } from "./lost-job.ts";
