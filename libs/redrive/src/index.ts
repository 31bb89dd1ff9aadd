export {
  type EntryReader,
  type OrderBy,
  type OrderDeps,
  QUEUES as REDRIVE_QUEUES,
  type QueueName as RedriveQueueName,
  type RedriveDeps,
} from "./deps.ts";
export { judgeEntry, type NotEligible } from "./eligibility.ts";
export { createGroupView, type DeadLetterGroup, type GroupReport, listGroups } from "./groups.ts";
export {
  MAX_PER_SECOND,
  type PlanOrder,
  parseFilter,
  parsePlanOrder,
  parseStartOrder,
  type StartOrder,
} from "./orders.ts";
export { type PlanSample, type PlanSettings, planRedrive, type RedrivePlan } from "./plan.ts";
export {
  advanceRedrive,
  type Claim,
  claimRedrive,
  type Places,
  readActive,
  type Step,
} from "./progress.ts";
export { type Quarantined, quarantineGroup, readQuarantined, releaseGroup } from "./quarantine.ts";
export {
  listRedrives,
  type Redrive,
  type RedriveList,
  type RedriveState,
  readRedrive,
} from "./redrive.ts";
export { RedriveError, type RedriveErrorReason } from "./redrive-error.ts";
export { startRedrive } from "./start.ts";
export { type SteerOrder, steerRedrive } from "./steer.ts";
