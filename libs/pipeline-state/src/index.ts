export { type MoogHealth, publishMoogHealth, readMoogHealth } from "./moog-health.ts";
export { type PublishedOverload, publishOverload, readOverload } from "./overload.ts";
export {
  type CanaryOutcome,
  countReplayOutcomes,
  countReplayStarted,
  forgetCanaries,
  markCanary,
  type ReplayOutcome,
  type ReplayTotals,
  readCanaries,
  readReplayTotals,
} from "./replay-outcomes.ts";
export { createStoryWriter, readStory, type StoryWriter } from "./stories.ts";
export { STORY_STAGES, type StoryNote, type StoryRecord, type StoryStage } from "./story-record.ts";
