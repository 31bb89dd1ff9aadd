/** An alert about the pipeline, before it is written as a rule. */
export interface PipelineAlert {
  name: string;
  severity: "critical" | "warning";
  expr: string;
  /** How long it must hold, as Prometheus writes it. */
  for?: string;
  keepFiringFor?: string;
  labels?: Record<string, string>;
  summary: string;
  description: string;
}

/** A metric that each app exports from its start on; where none is scraped, none runs. */
const SIGN_OF_LIFE = {
  ingestor: "mutt_ingest_queue_depth",
  alerter: "mutt_alerter_rules_loaded",
  forwarder: "mutt_circuit_breaker_state",
  remediation: "mutt_remediation_dlq_depth",
  admin: "mutt_slo_objective_ratio",
} as const;

/** Gauges about queues are the same in every replica: the highest counts, not the sum. */
export const PIPELINE_ALERTS: readonly PipelineAlert[] = [
  ...Object.entries(SIGN_OF_LIFE).map(
    ([app, metric]): PipelineAlert => ({
      name: "MuttAppDown",
      severity: "critical",
      expr: `absent(${metric})`,
      for: "5m",
      labels: { app },
      summary: `No ${app} runs`,
      description: `No process of the ${app} has been scraped for five minutes.`,
    }),
  ),
  {
    name: "MuttReplicaDown",
    severity: "warning",
    expr: 'up{job=~"mutt.*"} == 0',
    for: "5m",
    summary: "{{ $labels.instance }} of {{ $labels.job }} cannot be scraped",
    description: "The process is down, or Prometheus cannot reach it.",
  },
  {
    name: "MuttPipelineStalled",
    severity: "critical",
    expr: "sum(rate(mutt_alerter_events_total[5m])) == 0 and on () max(mutt_ingest_queue_depth) > 0",
    for: "5m",
    labels: { stage: "alerter" },
    summary: "Events wait, and the alerter works on none",
    description:
      "For ten minutes no event came to an outcome while the ingest queue was not empty.",
  },
  {
    name: "MuttPipelineStalled",
    severity: "critical",
    expr: "sum(rate(mutt_forward_alerts_total[5m])) == 0 and on () max(mutt_alerter_queue_depth) > 0",
    for: "5m",
    labels: { stage: "forwarder" },
    summary: "Alerts wait, and none is delivered",
    description: "For ten minutes no alert came to an outcome while the alert queue was not empty.",
  },
  {
    name: "MuttDeliveriesLate",
    severity: "warning",
    expr: "max(mutt_alerter_oldest_age_seconds) > 600",
    for: "5m",
    summary: "Alerts wait for more than ten minutes",
    description: "More comes in than the incident platform takes, or the breaker is open.",
  },
  {
    name: "MuttShedding",
    severity: "warning",
    expr: 'max(mutt_alerter_state{state="shed"}) == 1',
    for: "2m",
    summary: "The alerter sheds the least severe events",
    description: "The alert queue is over its shed threshold: events are put off or set aside.",
  },
  {
    name: "MuttOverloadControlBlind",
    severity: "warning",
    expr: "sum(increase(mutt_alerter_overload_failed_open_total[10m])) > 0",
    summary: "The depth of the alert queue cannot be read",
    description: "Overload control lets everything through while it does not know the depth.",
  },
  {
    name: "MuttBreakerOpen",
    severity: "critical",
    expr: 'max(mutt_circuit_breaker_state{state=~"open|half_open"}) == 1',
    for: "5m",
    summary: "The circuit breaker holds deliveries back",
    description:
      "The incident platform has failed for five minutes, or is set up wrongly: alerts wait.",
  },
  {
    name: "MuttMoogUnhealthy",
    severity: "warning",
    expr: "time() - max(mutt_moog_health_last_ok_timestamp > 0) > 300",
    for: "2m",
    summary: "The incident platform does not say that it is well",
    description: "Its health address has not answered well for more than five minutes.",
  },
  {
    name: "MuttRateLimiterFailingOpen",
    severity: "warning",
    expr: "sum(increase(mutt_rate_limiter_errors_total[5m])) > 0",
    for: "5m",
    summary: "The ingest rate limit cannot be decided",
    description: "Redis did not answer in time, and events are let through unlimited.",
  },
  {
    name: "MuttDeadLettersMany",
    severity: "warning",
    expr: "max by (queue) (mutt_remediation_dlq_depth) > 1000",
    for: "15m",
    summary: "More than 1000 dead letters in {{ $labels.queue }}",
    description: "They are replayed slower than they come, or wait for an operator.",
  },
  {
    name: "MuttDeadLettersGrowing",
    severity: "warning",
    expr: "max by (queue) (delta(mutt_remediation_dlq_depth[30m])) > 100",
    for: "10m",
    summary: "{{ $labels.queue }} grew by more than 100 in half an hour",
    description: "Something fails again and again.",
  },
  {
    name: "MuttDeadLettersOld",
    severity: "warning",
    expr: "max by (queue) (mutt_dlq_oldest_age_seconds) > 86400",
    for: "15m",
    summary: "A dead letter in {{ $labels.queue }} is older than a day",
    description: "It is not replayed by itself any more: an operator has to decide.",
  },
  {
    name: "MuttDeadLettersTerminal",
    severity: "warning",
    expr: 'max(mutt_remediation_dlq_depth{queue="dlq-dead"}) > 0',
    for: "15m",
    summary: "Alerts failed every replay",
    description: "dlq-dead is not empty: an operator has to look at each.",
  },
  {
    name: "MuttDeadLettersExpiring",
    severity: "warning",
    expr: "max by (queue) (mutt_dlq_expiring_jobs) > 0",
    for: "5m",
    summary: "Dead letters in {{ $labels.queue }} expire within a day",
    description: "They are older than dlq_retention_days allows, and are then gone for good.",
  },
  {
    name: "MuttRemediationBlocked",
    severity: "warning",
    expr:
      "sum by (gate) (increase(mutt_remediation_blocked_total[10m])) > 0" +
      " and on () sum(max by (queue) (mutt_remediation_dlq_depth)) > 0",
    for: "30m",
    summary: "Dead letters are not replayed: {{ $labels.gate }}",
    description:
      "For half an hour a gate has held the automatic replay back while there are dead letters.",
  },
  {
    name: "MuttRedisMemoryHigh",
    severity: "warning",
    expr: "max(mutt_redis_memory_ratio) > 0.7",
    for: "5m",
    summary: "Redis uses more than 70 % of its memory",
    description: "At 85 % ingest refuses events.",
  },
  {
    name: "MuttRedisMemoryFull",
    severity: "critical",
    expr: "max(mutt_redis_memory_ratio) > 0.85",
    for: "1m",
    summary: "Redis uses more than 85 % of its memory",
    description: "Ingest refuses events until there is room.",
  },
  {
    name: "MuttLedgerUnaccounted",
    severity: "critical",
    // What a process that was killed left uncounted stays for ever: what matters is whether it grows.
    expr: "max(mutt_ledger_unaccounted) - max(mutt_ledger_unaccounted offset 30m) > 0",
    for: "10m",
    summary: "Events that were accepted are nowhere to be found",
    description:
      "Within half an hour accepted events have left the queues without coming to an outcome that was counted.",
  },
  {
    name: "MuttNoRules",
    severity: "critical",
    expr: "max(mutt_alerter_rules_loaded) == 0",
    for: "10m",
    summary: "The alerter has no active rules",
    description: "No event is forwarded by a rule.",
  },
  {
    name: "MuttSettingInvalid",
    severity: "warning",
    expr: "sum(increase(mutt_config_invalid_total[15m])) > 0",
    summary: "A run-time setting in Redis cannot be used",
    description: "The last good value stays in force.",
  },
  {
    name: "MuttSloUnknown",
    severity: "warning",
    expr:
      'sum(increase(mutt_slo_checker_queries_total{result!="ok"}[10m])) > 0' +
      ' unless on () sum(increase(mutt_slo_checker_queries_total{result="ok"}[10m])) > 0',
    for: "10m",
    summary: "The state of the objectives cannot be told",
    description: "The admin app gets no answer from where the counts are.",
  },
];
