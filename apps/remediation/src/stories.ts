import type { DeadLetter } from "@mutt/dead-letter";
import type { StoryNote } from "@mutt/pipeline-state";
import { eventOf } from "@mutt/replay";

/** Says of a dead letter that it has left its queue, `at` in epoch milliseconds, and as which job it was replayed. */
export function leftStory(
  stage: "replayed" | "expired",
  entry: DeadLetter,
  at: number,
  jobId?: string,
): StoryNote {
  const receivedAt = Date.parse(eventOf(entry).received_at);
  const ruleId = entry.origin_queue === "alert" ? entry.payload.custom_info.rule_id : null;
  return [
    entry.alert_id,
    { stage, at, receivedAt, ruleId, ...(jobId === undefined ? {} : { jobId }) },
  ];
}
