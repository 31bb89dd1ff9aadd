/** What was last known of an event, in the order in which it may come about. */
export const STORY_STAGES = [
  "put_off",
  "retried",
  "queued",
  "logged",
  "unhandled",
  "delivered",
  "dead",
  "replayed",
  "expired",
] as const;

/** One of the stages. */
export type StoryStage = (typeof STORY_STAGES)[number];

/** What is kept of one event: what cannot be seen from the queues. */
export interface StoryRecord {
  stage: StoryStage;
  /** When it came to this stage, and when the event was received: epoch milliseconds. */
  at: number;
  receivedAt: number;
  /** The rule that matched; `null` when none did, or when none was asked. */
  ruleId: number | null;
  /** What the rule asked for, and whether the host was a development host. */
  handling?: string;
  environment?: string;
  /** The job that holds the event now: a delivery, or a dead letter. */
  jobId?: string;
  /** Attempts that were made to deliver it; of what is put off: epoch milliseconds until when. */
  attempts?: number;
  until?: number;
}

/** What is noted of one event, by its id. */
export type StoryNote = readonly [alertId: string, record: StoryRecord];

/** A note as it is written: about 100 bytes, since there are one or two for every event. */
type Line = [
  id: string,
  stage: number,
  at: number,
  age: number,
  ruleId: number | null,
  handling?: string | null,
  environment?: string | null,
  jobId?: string | null,
  attempts?: number | null,
  until?: number | null,
];

/** Writes notes as one text. */
export function encodeStories(notes: readonly StoryNote[]): string {
  return JSON.stringify(
    notes.map(([id, { stage, at, receivedAt, ruleId, ...rest }]): Line => {
      const line: Line = [id, STORY_STAGES.indexOf(stage), at, at - receivedAt, ruleId];
      const { handling, environment, jobId, attempts, until } = rest;
      if (handling !== undefined || jobId !== undefined || until !== undefined) {
        line.push(handling, environment, jobId, attempts, until);
      }
      return line;
    }),
  );
}

/** Reads the last note about an event in what `encodeStories` wrote; `undefined` when there is none. */
export function decodeStory(text: string, alertId: string): StoryRecord | undefined {
  return (JSON.parse(text) as Line[])
    .filter(([id]) => id === alertId)
    .map(readLine)
    .reduce(laterOf, undefined);
}

function readLine(line: Line): StoryRecord | undefined {
  const [, index, at, age, ruleId, handling, environment, jobId, attempts, until] = line;
  const stage = STORY_STAGES[index];
  if (stage === undefined) return undefined;
  return {
    stage,
    at,
    receivedAt: at - age,
    ruleId,
    ...(handling ? { handling } : {}),
    ...(environment ? { environment } : {}),
    ...(jobId ? { jobId } : {}),
    ...(attempts ? { attempts } : {}),
    ...(until ? { until } : {}),
  };
}

/** Ends of an event; what comes after one of them is a replay, which takes longer than clocks differ. */
const ENDS: ReadonlySet<StoryStage> = new Set(["delivered", "logged", "unhandled", "expired"]);

/** By how much the clocks of two processes may differ, in milliseconds, without a wrong order of notes. */
const CLOCK_TOLERANCE_MS = 1000;

/** Which of two notes about an event came later. They may lie in any order: each process writes its own. */
export function laterOf(
  a: StoryRecord | undefined,
  b: StoryRecord | undefined,
): StoryRecord | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const timeOf = ({ stage, at }: StoryRecord) => at + (ENDS.has(stage) ? CLOCK_TOLERANCE_MS : 0);
  return timeOf(b) >= timeOf(a) ? b : a;
}
