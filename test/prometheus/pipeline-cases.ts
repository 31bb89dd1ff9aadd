// When the alerts about the pipeline fire: just after their time, just before, and just not.
import type { AlertCase } from "./rule-tests.ts";

type Series = Record<string, string>;

/** An alert that fires while a condition holds. */
interface Condition {
  alert: string;
  rule?: Record<string, string>;
  /** The condition holds, from minute 0 on, by as little as possible. */
  holds: Series;
  /** It just does not hold, in one way or several. */
  holdsNot: Series[];
  /** It holds, but a little later. */
  holdsNotYet?: Series;
  /** Minutes after which the alert fires; one before that it does not. */
  after: number;
  /** Labels of the alert beside those of its rule. */
  labels?: Record<string, string>;
}

/** One value for two hours. */
const still = (value: number): string => `${value}x120`;

/** A counter that counts once a minute. */
const counting = (step = 1): string => `0+${step}x120`;

const SIGNS_OF_LIFE = {
  ingestor: "mutt_ingest_queue_depth",
  alerter: "mutt_alerter_rules_loaded",
  forwarder: 'mutt_circuit_breaker_state{state="closed"}',
  remediation: 'mutt_remediation_dlq_depth{queue="dlq-dead"}',
  admin: 'mutt_slo_objective_ratio{slo="forward-success"}',
};

const ALL_ALIVE = Object.fromEntries(Object.values(SIGNS_OF_LIFE).map((name) => [name, still(1)]));

const without = (name: string): Series =>
  Object.fromEntries(Object.entries(ALL_ALIVE).filter(([key]) => key !== name));

const CONDITIONS: readonly Condition[] = [
  ...Object.entries(SIGNS_OF_LIFE).map(
    ([app, name]): Condition => ({
      alert: "MuttAppDown",
      rule: { app },
      holds: without(name),
      holdsNot: [ALL_ALIVE],
      after: 5,
      labels: { app },
    }),
  ),
  {
    alert: "MuttReplicaDown",
    holds: { 'up{job="mutt-alerter",instance="a:8081"}': still(0) },
    holdsNot: [
      { 'up{job="mutt-alerter",instance="a:8081"}': still(1) },
      { 'up{job="something-else",instance="a:8081"}': still(0) },
    ],
    after: 5,
    labels: { job: "mutt-alerter", instance: "a:8081" },
  },
  {
    alert: "MuttPipelineStalled",
    rule: { stage: "alerter" },
    holds: {
      'mutt_alerter_events_total{outcome="logged"}': still(7),
      mutt_ingest_queue_depth: still(1),
    },
    holdsNot: [
      {
        'mutt_alerter_events_total{outcome="logged"}': counting(),
        mutt_ingest_queue_depth: still(1),
      },
      {
        'mutt_alerter_events_total{outcome="logged"}': still(7),
        mutt_ingest_queue_depth: still(0),
      },
    ],
    // One for the rate to have two samples.
    after: 6,
    labels: { stage: "alerter" },
  },
  {
    alert: "MuttPipelineStalled",
    rule: { stage: "forwarder" },
    holds: {
      'mutt_forward_alerts_total{origin="fresh",outcome="delivered"}': still(7),
      mutt_alerter_queue_depth: still(1),
    },
    holdsNot: [
      {
        'mutt_forward_alerts_total{origin="replay",outcome="dead"}': counting(),
        mutt_alerter_queue_depth: still(1),
      },
      {
        'mutt_forward_alerts_total{origin="fresh",outcome="delivered"}': still(7),
        mutt_alerter_queue_depth: still(0),
      },
    ],
    after: 6,
    labels: { stage: "forwarder" },
  },
  {
    alert: "MuttDeliveriesLate",
    holds: { mutt_alerter_oldest_age_seconds: still(601) },
    holdsNot: [{ mutt_alerter_oldest_age_seconds: still(600) }],
    after: 5,
  },
  {
    alert: "MuttShedding",
    holds: { 'mutt_alerter_state{state="shed"}': still(1) },
    holdsNot: [
      { 'mutt_alerter_state{state="shed"}': still(0) },
      { 'mutt_alerter_state{state="warn"}': still(1) },
    ],
    after: 2,
  },
  {
    alert: "MuttOverloadControlBlind",
    holds: { mutt_alerter_overload_failed_open_total: "0 1x120" },
    holdsNot: [{ mutt_alerter_overload_failed_open_total: still(3) }],
    after: 1,
  },
  {
    alert: "MuttBreakerOpen",
    holds: {
      'mutt_circuit_breaker_state{state="open"}': "1 1 0 1 1 1x120",
      'mutt_circuit_breaker_state{state="half_open"}': "0 0 1 0 0 0x120",
    },
    holdsNot: [
      {
        'mutt_circuit_breaker_state{state="open"}': still(0),
        'mutt_circuit_breaker_state{state="closed"}': still(1),
      },
    ],
    after: 5,
  },
  {
    alert: "MuttMoogUnhealthy",
    // In minute 6 the last good probe is 301 s ago, or just 300.
    holds: { mutt_moog_health_last_ok_timestamp: still(59) },
    holdsNotYet: { mutt_moog_health_last_ok_timestamp: still(60) },
    holdsNot: [
      { mutt_moog_health_last_ok_timestamp: still(0) },
      { mutt_moog_health_last_ok_timestamp: "60+60x120" },
    ],
    after: 8,
  },
  {
    alert: "MuttRateLimiterFailingOpen",
    holds: { mutt_rate_limiter_errors_total: counting() },
    holdsNot: [{ mutt_rate_limiter_errors_total: still(3) }],
    after: 6,
  },
  {
    alert: "MuttDeadLettersMany",
    holds: { 'mutt_remediation_dlq_depth{queue="dlq-forwarder"}': still(1001) },
    holdsNot: [{ 'mutt_remediation_dlq_depth{queue="dlq-forwarder"}': still(1000) }],
    after: 15,
    labels: { queue: "dlq-forwarder" },
  },
  {
    alert: "MuttDeadLettersGrowing",
    holds: { 'mutt_remediation_dlq_depth{queue="dlq-alerter"}': "0+3.4x120" },
    holdsNot: [{ 'mutt_remediation_dlq_depth{queue="dlq-alerter"}': "0+3.3x120" }],
    // Thirty minutes at 3.4 are 102, at 3.3 are 99. Prometheus extrapolates by half a minute.
    after: 39,
    labels: { queue: "dlq-alerter" },
  },
  {
    alert: "MuttDeadLettersOld",
    holds: { 'mutt_dlq_oldest_age_seconds{queue="dlq-dead"}': still(86_401) },
    holdsNot: [{ 'mutt_dlq_oldest_age_seconds{queue="dlq-dead"}': still(86_400) }],
    after: 15,
    labels: { queue: "dlq-dead" },
  },
  {
    alert: "MuttDeadLettersTerminal",
    holds: { 'mutt_remediation_dlq_depth{queue="dlq-dead"}': still(1) },
    holdsNot: [
      { 'mutt_remediation_dlq_depth{queue="dlq-dead"}': still(0) },
      { 'mutt_remediation_dlq_depth{queue="dlq-alerter"}': still(1) },
    ],
    after: 15,
  },
  {
    alert: "MuttDeadLettersExpiring",
    holds: { 'mutt_dlq_expiring_jobs{queue="dlq-alerter"}': still(1) },
    holdsNot: [{ 'mutt_dlq_expiring_jobs{queue="dlq-alerter"}': still(0) }],
    after: 5,
    labels: { queue: "dlq-alerter" },
  },
  {
    alert: "MuttRemediationBlocked",
    holds: {
      'mutt_remediation_blocked_total{gate="breaker"}': counting(),
      'mutt_remediation_dlq_depth{queue="dlq-forwarder"}': still(1),
    },
    holdsNot: [
      {
        'mutt_remediation_blocked_total{gate="breaker"}': counting(),
        'mutt_remediation_dlq_depth{queue="dlq-forwarder"}': still(0),
      },
      {
        'mutt_remediation_blocked_total{gate="breaker"}': still(7),
        'mutt_remediation_dlq_depth{queue="dlq-forwarder"}': still(1),
      },
    ],
    after: 31,
    labels: { gate: "breaker" },
  },
  {
    alert: "MuttRedisMemoryHigh",
    holds: { mutt_redis_memory_ratio: still(0.71) },
    holdsNot: [{ mutt_redis_memory_ratio: still(0.7) }],
    after: 5,
  },
  {
    alert: "MuttRedisMemoryFull",
    holds: { mutt_redis_memory_ratio: still(0.86) },
    holdsNot: [{ mutt_redis_memory_ratio: still(0.85) }],
    after: 1,
  },
  {
    alert: "MuttLedgerUnaccounted",
    // The step lies 30 minutes back from minute 51 on.
    holds: { mutt_ledger_unaccounted: "2x20 3x100" },
    holdsNot: [{ mutt_ledger_unaccounted: still(3) }, { mutt_ledger_unaccounted: "3x20 2x100" }],
    after: 40,
  },
  {
    alert: "MuttNoRules",
    holds: { mutt_alerter_rules_loaded: still(0) },
    holdsNot: [{ mutt_alerter_rules_loaded: still(1) }],
    after: 10,
  },
  {
    alert: "MuttSettingInvalid",
    holds: { mutt_config_invalid_total: "0 1x120" },
    holdsNot: [{ mutt_config_invalid_total: still(3) }],
    after: 1,
  },
  {
    alert: "MuttSloUnknown",
    holds: {
      'mutt_slo_checker_queries_total{result="ok"}': still(9),
      'mutt_slo_checker_queries_total{result="unavailable"}': counting(),
    },
    holdsNot: [
      {
        'mutt_slo_checker_queries_total{result="ok"}': counting(),
        'mutt_slo_checker_queries_total{result="unavailable"}': counting(),
      },
      {
        'mutt_slo_checker_queries_total{result="ok"}': still(9),
        'mutt_slo_checker_queries_total{result="unavailable"}': still(9),
      },
    ],
    after: 11,
  },
];

function casesOf(condition: Condition): AlertCase[] {
  const { alert, rule = {}, holds, holdsNotYet, holdsNot, after, labels = {} } = condition;
  const about = [...Object.values(rule), ""].join(", ");
  const of = (name: string, series: Series, minute: number, fires: boolean): AlertCase => ({
    name: `${about}${name}`,
    alert,
    rule,
    every: 1,
    series,
    at: `${minute}m`,
    fires: fires ? [labels] : [],
  });
  return [
    of("it holds long enough", holds, after, true),
    of("it does not hold long enough", holds, after - 1, false),
    ...(holdsNotYet ? [of("it holds a little too short", holdsNotYet, after, false)] : []),
    ...holdsNot.map((series, index) =>
      of(`it does not hold (${index + 1})`, series, after + 15, false),
    ),
  ];
}

/** All cases about the pipeline. */
export const PIPELINE_CASES: readonly AlertCase[] = CONDITIONS.flatMap(casesOf);
