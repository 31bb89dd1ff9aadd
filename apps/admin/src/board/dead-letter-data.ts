import { DEAD_LETTER_CLASSES } from "@mutt/dead-letter";
import { z } from "zod";

/** The parts of a dead letter without which nobody can park or replay it. */
const DeadLetterData = z.looseObject({
  alert_id: z.string().min(1).max(300),
  origin_queue: z.enum(["ingest", "alert"]),
  class: z.enum(DEAD_LETTER_CLASSES),
  reason: z.string(),
  error: z.string(),
  fingerprint: z.string(),
  replays: z.int().min(0),
  history: z.array(z.unknown()),
  first_failed_at: z.iso.datetime(),
  last_failed_at: z.iso.datetime(),
  payload: z.looseObject({}),
});

/**
 * What is wrong with data that somebody wrote into a queue of dead letters; `undefined` when it can be parked and replayed.
 * The board shows secrets blanked: data that still holds the mark would overwrite what it stands for.
 */
export function dataProblem(data: unknown): string | undefined {
  const result = DeadLetterData.safeParse(data);
  if (!result.success) {
    const [issue] = result.error.issues;
    return `not a dead letter: ${issue?.path.join(".") || "data"}: ${issue?.message}`;
  }
  if (/\[(redacted|too deep|\d+ more)\]/.test(JSON.stringify(data))) {
    return "it holds parts that the board has blanked: they would be lost";
  }
  return undefined;
}
