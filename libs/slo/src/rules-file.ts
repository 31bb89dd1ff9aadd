/** A recording rule, as Prometheus reads it. */
export interface RecordingRule {
  record: string;
  expr: string;
  labels?: Record<string, string>;
}

/** An alerting rule, as Prometheus reads it. */
export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels: { severity: "critical" | "warning" } & Record<string, string>;
  annotations: { summary: string; description: string; runbook_url: string };
}

/** A file of rules, as Prometheus reads it once it is written as YAML. */
export interface RulesFile<Rule> {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}
