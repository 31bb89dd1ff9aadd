// Tests of the alert rules as promtool reads them, put together from the cases and the rules.
import { type AlertRule, alertRules } from "@mutt/slo";
import { stringify } from "yaml";

/** One situation, and which alerts of one name it makes. */
export interface AlertCase {
  /** A sentence about the situation. */
  name: string;
  alert: string;
  /** Labels that tell the rule from others of the same name; what the case is about, when a rule is changed. */
  rule?: Record<string, string>;
  /** Minutes between two values and between two evaluations. */
  every: number;
  /** Series in promtool's notation. */
  series: Record<string, string>;
  at: string;
  /** Labels of each alert that fires, beside those of its rule; of another rule, when they say so. */
  fires: Record<string, string>[];
}

/** All alert rules that are shipped. */
export const ALERT_RULES: readonly AlertRule[] = alertRules().groups.flatMap(({ rules }) => rules);

/** Writes rules or tests as Prometheus reads them. */
export function toYaml(content: object): string {
  return stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** An alert of another name that has to behave as one of ours. */
export interface Twin {
  alert: string;
  of: AlertRule;
}

/** The content of a file of tests; all its cases have the same interval. Twins are tested with the rule that they are of. */
export function ruleTests(
  ruleFiles: string[],
  cases: readonly AlertCase[],
  twins: readonly Twin[] = [],
): string {
  return toYaml({
    rule_files: ruleFiles,
    evaluation_interval: `${cases[0]?.every ?? 1}m`,
    tests: cases.map(({ name, alert, rule = {}, every, series, at, fires }) => ({
      name: `${alert}: ${name}`,
      interval: `${every}m`,
      input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
      alert_rule_test: [
        {
          eval_time: at,
          alertname: alert,
          exp_alerts: fires.map((labels) => expected(alert, labels)),
        },
        ...twins
          .filter(({ of }) => of.alert === alert && hasLabels(of, rule))
          .map((twin) => ({
            eval_time: at,
            alertname: twin.alert,
            exp_alerts: fires
              .filter((labels) => hasLabels(twin.of, labels))
              .map((labels) => expected(alert, { ...twin.of.labels, ...labels })),
          })),
      ],
    })),
  });
}

/** The rules of one name that have these labels. */
function rulesLike(alert: string, labels: Record<string, string>): AlertRule[] {
  return ALERT_RULES.filter((rule) => rule.alert === alert && hasLabels(rule, labels));
}

/** Says whether no label of a rule contradicts these. */
function hasLabels(rule: AlertRule, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(([name, value]) => (rule.labels[name] ?? value) === value);
}

function expected(alert: string, labels: Record<string, string>): object {
  const [rule, ...others] = rulesLike(alert, labels);
  if (!rule || others.length > 0) throw new Error(`${alert} has no one rule for these labels`);
  const all: Record<string, string> = { ...rule.labels, ...labels };
  const annotations = Object.entries(rule.annotations).map(([name, text]) => [
    name,
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_match, label: string) => all[label] ?? ""),
  ]);
  return { exp_labels: all, exp_annotations: Object.fromEntries(annotations) };
}
