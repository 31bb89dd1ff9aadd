import type { OutgoingAlert } from "@mutt/alert";
import type { StoryNote, StoryRecord, StoryStage } from "@mutt/pipeline-state";

/** What else is known of a stage. */
type StageFacts = Pick<StoryRecord, "jobId" | "attempts">;

/** Says of one alert where it is from now on, `at` in epoch milliseconds. */
export function storyOf(
  stage: StoryStage,
  { external_id, custom_info }: OutgoingAlert,
  at: number,
  facts: StageFacts = {},
): StoryNote {
  const { event, rule_id, handling, environment } = custom_info;
  const receivedAt = Date.parse(event.received_at);
  return [external_id, { stage, at, receivedAt, ruleId: rule_id, handling, environment, ...facts }];
}
