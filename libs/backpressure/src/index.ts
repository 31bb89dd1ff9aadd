export { type Cut, drawCut } from "./cut.ts";
export {
  OVERLOAD_STATES,
  type Overload,
  type OverloadSettings,
  type OverloadState,
  type Reading,
  SHEDS_NO_SEVERITY,
  type ShedMode,
  type ShedPolicy,
} from "./overload.ts";
export { createSieve, type Sieve } from "./sieve.ts";
export { LEAST_SHARE, RECOVERY_MS, stepOverload } from "./step.ts";
export {
  type Candidate,
  createTraffic,
  LEAST_SEVERE_PROTECTED,
  type Traffic,
  type TrafficGroup,
} from "./traffic.ts";
export { type DeferSettings, deferMs, retryAfterMs } from "./waits.ts";
