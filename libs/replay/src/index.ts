export {
  DeadLetterFilter,
  eventOf,
  isNarrow,
  matchesFilter,
  severityOf,
} from "./filter.ts";
export {
  askGates,
  GATES,
  type GateAnswer,
  type GateName,
  type PipelineView,
} from "./gates.ts";
export { type Pace, type ReplayTotals, stepPace } from "./pace.ts";
export {
  type AutomaticDecision,
  countReplay,
  decideAutomatic,
  isPoison,
  type ReplaySettings,
  roundsOf,
  spendsBudget,
} from "./policy.ts";
export {
  type CanaryState,
  type PlacedEntry,
  type Selection,
  type SelectionContext,
  selectAutomatic,
} from "./select.ts";
