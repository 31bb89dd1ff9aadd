import { WINDOWS } from "./burn-pairs.ts";
import { COMPONENTS, DEFAULT_SLO_SETTINGS, SLOS, type Slo } from "./objectives.ts";
import { badEvents, errorRatioOf, totalEvents } from "./promql.ts";
import type { RecordingRule, RulesFile } from "./rules-file.ts";

/** The recorded window of the objective: rules cannot follow `slo_window_hours`. */
const PERIOD = `${DEFAULT_SLO_SETTINGS.windowHours / 24}d`;

/** Name of the recorded share of bad events in a window. */
export function recordedRatio(window: string): string {
  return `slo:sli_error:ratio_rate${window}`;
}

/** Name of the recorded budget that is left in the whole window. */
export const RECORDED_REMAINING = "slo:period_error_budget_remaining:ratio";

/** Name of the recorded share of events that may be bad. */
export const RECORDED_BUDGET = "slo:error_budget:ratio";

/** Name of the recorded target in force. */
export const RECORDED_TARGET = "slo:objective:ratio";

/** The content of docs/prometheus/recording-rules.yml. */
export function recordingRules(): RulesFile<RecordingRule> {
  return { groups: COMPONENTS.flatMap((component) => groupsOf(SLOS[component])) };
}

function groupsOf(slo: Slo): RulesFile<RecordingRule>["groups"] {
  const labels = { slo: slo.name };
  const only = `{slo="${slo.name}"}`;
  // A rule stands after what it reads, in one group: across groups it would lag by an interval.
  const windows: RecordingRule[] = WINDOWS.map((window) => ({
    record: recordedRatio(window),
    expr: errorRatioOf(slo, window),
    labels: { ...labels, window },
  }));
  const meta: RecordingRule[] = [
    {
      record: RECORDED_TARGET,
      // The target in force, or the default while no admin app says it.
      expr:
        `max by (slo) (mutt_slo_objective_ratio${only}) or ` +
        `label_replace(vector(${slo.defaultTarget}), "slo", "${slo.name}", "", "")`,
      labels,
    },
    { record: RECORDED_BUDGET, expr: `1 - ${RECORDED_TARGET}${only}`, labels },
    {
      record: "slo:current_burn_rate:ratio",
      expr: `max by (slo) (${recordedRatio("1h")}${only}) / ${RECORDED_BUDGET}${only}`,
      labels,
    },
  ];
  const events = `slo:sli_events:increase${PERIOD}`;
  const badOnes = `slo:sli_bad_events:increase${PERIOD}`;
  const period: RecordingRule[] = [
    { record: events, expr: totalEvents(slo, PERIOD), labels },
    { record: badOnes, expr: badEvents(slo, PERIOD), labels },
    {
      record: recordedRatio(PERIOD),
      expr: `${badOnes}${only} / (${events}${only} > 0)`,
      labels: { ...labels, window: PERIOD },
    },
    {
      record: RECORDED_REMAINING,
      expr: `1 - max by (slo) (${recordedRatio(PERIOD)}${only}) / ${RECORDED_BUDGET}${only}`,
      labels,
    },
  ];
  return [
    { name: `mutt-slo-${slo.name}`, interval: "30s", rules: [...windows, ...meta] },
    // Thirty days are much to read, and do not change in seconds.
    { name: `mutt-slo-${slo.name}-period`, interval: "2m", rules: period },
  ];
}
