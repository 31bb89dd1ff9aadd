export { alertRules } from "./alert-rules.ts";
export { SLO_STATES, type SloState, type StateReason } from "./assess.ts";
export { WINDOW_MINUTES, type WindowName, windowsInUse } from "./burn-pairs.ts";
export { dashboard } from "./dashboard.ts";
export {
  CLIENT_FAULTS,
  COMPONENTS,
  type ComponentName,
  DEFAULT_SLO_SETTINGS,
  SERVICE_FAULTS,
  SLOS,
  type Slo,
  type SloSettings,
} from "./objectives.ts";
export { type SloQueries, sloQueries } from "./promql.ts";
export type { SloReading, UnknownReason, WindowCounts } from "./reading.ts";
export { recordingRules } from "./recording-rules.ts";
export {
  type ComponentReport,
  type LastKnown,
  lastKnownOf,
  reportSlos,
  type SloReport,
} from "./report.ts";
export type { AlertRule, RecordingRule, RulesFile } from "./rules-file.ts";
