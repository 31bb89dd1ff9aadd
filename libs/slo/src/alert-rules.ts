import { type BurnPair, burnPairs } from "./burn-pairs.ts";
import { COMPONENTS, DEFAULT_SLO_SETTINGS, SLOS, type Slo } from "./objectives.ts";
import { PIPELINE_ALERTS, type PipelineAlert } from "./pipeline-alerts.ts";
import { RECORDED_BUDGET, RECORDED_REMAINING, recordedRatio } from "./recording-rules.ts";
import type { AlertRule, RulesFile } from "./rules-file.ts";

/** Where what to do is written down; the headings are the names of the alerts. */
const RUNBOOK = "docs/operations.md";

/** The content of docs/prometheus/alerts.yml; it needs the recording rules. */
export function alertRules(): RulesFile<AlertRule> {
  const objectives = COMPONENTS.map((component) => SLOS[component]);
  return {
    groups: [
      ...objectives.map((slo) => ({ name: `mutt-slo-${slo.name}-alerts`, rules: alertsOf(slo) })),
      { name: "mutt-pipeline-alerts", rules: PIPELINE_ALERTS.map(toRule) },
    ],
  };
}

function alertsOf(slo: Slo): AlertRule[] {
  const only = `{slo="${slo.name}"}`;
  return [
    // One rule for each pair: a broken one cannot hide behind another, and the tier lets one inhibit another.
    ...burnPairs(DEFAULT_SLO_SETTINGS).map((pair) => burnAlert(slo, pair)),
    toRule({
      name: "MuttSloBudgetExhausted",
      severity: "warning",
      expr: `${RECORDED_REMAINING}${only} <= 0`,
      for: "10m",
      labels: { slo: slo.name },
      summary: `The error budget of ${slo.name} is used up`,
      description: `${slo.description}: more than the whole budget of the window was bad.`,
    }),
    toRule({
      name: "MuttSloMetricAbsent",
      severity: "warning",
      expr: `absent(${slo.metric})`,
      for: "10m",
      labels: { slo: slo.name },
      summary: `Nothing counts for ${slo.name}`,
      description: `${slo.metric} is not scraped from any process: the state is unknown, and burn alerts cannot fire.`,
    }),
  ];
}

function burnAlert(slo: Slo, { tier, severity, long, short, factor }: BurnPair): AlertRule {
  const burns = (window: string): string => {
    const ratio = `max by (slo) (${recordedRatio(window)}{slo="${slo.name}"})`;
    return `${ratio} > ${factor} * ${RECORDED_BUDGET}{slo="${slo.name}"}`;
  };
  return toRule({
    name: "MuttSloErrorBudgetBurn",
    severity: severity === "critical" ? "critical" : "warning",
    expr: `${burns(long)}\nand\n${burns(short)}`,
    keepFiringFor: "5m",
    labels: {
      slo: slo.name,
      tier,
      burn_rate: String(factor),
      long_window: long,
      short_window: short,
    },
    summary: `${slo.name} burns its error budget more than ${factor} times too fast`,
    description: `${slo.description}: errors over ${long} and over ${short} are both above ${factor} times the budget.`,
  });
}

function toRule(alert: PipelineAlert): AlertRule {
  const { name, severity, expr, labels = {}, summary, description } = alert;
  return {
    alert: name,
    expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: { severity, ...labels },
    annotations: { summary, description, runbook_url: `${RUNBOOK}#${name.toLowerCase()}` },
  };
}
