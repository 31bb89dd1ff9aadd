import type { Role } from "@mutt/api-keys";

/** What somebody may do in Bull Board to a queue of dead letters. */
export interface BoardVerb {
  /** The least role; `nobody` for what would break a queue of dead letters. */
  role: Role | "nobody";
  /** Name of the action in the audit log. */
  action: string;
  /** Whether it is about every job of a queue, so that the entry says how many there were. */
  isBulk?: true;
  /** Whether it asks for replays, so that their history can say who did. */
  replays?: true;
  /** Whether entries go for good, or come in, so that the ledger has to know. */
  changes?: "removes" | "adds";
  /** Whether it brings data along that has to be a dead letter. */
  bringsData?: true;
}

const QUEUE = "/api/queues/:queueName";
const JOB = `${QUEUE}/:jobId`;

/**
 * Every route of Bull Board that writes. One that is not here is refused: a new version of the board must not bring a verb
 * that nobody has thought about. Live queues are read-only whatever stands here.
 */
const VERBS: Readonly<Record<string, BoardVerb>> = {
  [`put ${JOB}/retry`]: { role: "operator", action: "board.retry", replays: true },
  [`put ${QUEUE}/retry/:queueStatus`]: {
    role: "operator",
    action: "board.retry_all",
    isBulk: true,
    replays: true,
  },
  // A delayed entry waits for a gate or its turn; its worker asks again, however early it comes.
  [`put ${JOB}/promote`]: { role: "operator", action: "board.promote" },
  [`put ${QUEUE}/promote`]: { role: "admin", action: "board.promote_all", isBulk: true },
  [`put ${JOB}/clean`]: { role: "admin", action: "board.clean", changes: "removes" },
  [`put ${QUEUE}/clean/:queueStatus`]: {
    role: "admin",
    action: "board.clean_all",
    isBulk: true,
    changes: "removes",
  },
  [`put ${QUEUE}/empty`]: {
    role: "admin",
    action: "board.empty",
    isBulk: true,
    changes: "removes",
  },
  [`put ${QUEUE}/obliterate`]: {
    role: "admin",
    action: "board.obliterate",
    isBulk: true,
    changes: "removes",
  },
  [`put ${QUEUE}/pause`]: { role: "admin", action: "board.pause" },
  [`put ${QUEUE}/resume`]: { role: "admin", action: "board.resume" },
  "put /api/queues/pause": { role: "admin", action: "board.pause_all" },
  "put /api/queues/resume": { role: "admin", action: "board.resume_all" },
  [`put ${QUEUE}/concurrency`]: { role: "admin", action: "board.concurrency" },
  [`put ${QUEUE}/rate-limit`]: { role: "admin", action: "board.rate_limit" },
  [`put ${QUEUE}/rate-limit/release`]: { role: "admin", action: "board.rate_limit_release" },
  [`patch ${JOB}/delay`]: { role: "admin", action: "board.delay" },
  [`patch ${JOB}/priority`]: { role: "admin", action: "board.priority" },
  // Duplicate, in the board, is an add.
  [`post ${QUEUE}/add`]: { role: "admin", action: "board.add", bringsData: true, changes: "adds" },
  [`patch ${JOB}/update-data`]: { role: "admin", action: "board.update_data", bringsData: true },
  // The first tick of a scheduler would be parked like an entry; no dead letter has children.
  [`put ${QUEUE}/job-schedulers/:schedulerId/remove`]: {
    role: "admin",
    action: "board.scheduler_remove",
  },
  [`put ${QUEUE}/job-schedulers/:schedulerId/run`]: {
    role: "nobody",
    action: "board.scheduler_run",
  },
  [`patch ${QUEUE}/job-schedulers/:schedulerId`]: {
    role: "nobody",
    action: "board.scheduler_update",
  },
  [`put ${JOB}/remove-unprocessed-children`]: {
    role: "nobody",
    action: "board.remove_children",
  },
};

/** Finds what a route of Bull Board does; `route` is as the board writes it. */
export function findVerb(method: string, route: string): BoardVerb | undefined {
  const key = `${method.toLowerCase()} ${route}`;
  return Object.hasOwn(VERBS, key) ? VERBS[key] : undefined;
}

/** The verbs that are known, as `method route`. */
export const KNOWN_VERBS: readonly string[] = Object.keys(VERBS);
