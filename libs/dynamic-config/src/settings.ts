import { choice, integer, name, positive, type Setting, share, toggle } from "./setting-kinds.ts";

const DAY_S = 86_400;
const YEAR_S = 365 * DAY_S;
const HOUR_MS = 3_600_000;

/** Every run-time setting, in the order of the documentation. This is the only place that lists them. */
export const SETTINGS = {
  max_ingest_queue_size: integer({
    default: 1_000_000,
    min: 1,
    max: 1_000_000_000,
    unit: "events",
    description: "Events that may wait in the ingest queue; beyond it ingest answers 503",
  }),
  ingest_max_rate: integer({
    default: 100_000,
    min: 0,
    max: 1_000_000_000,
    unit: "events",
    description: "Events that ingest takes per window over all replicas; 0 turns the limit off",
  }),
  ingest_rate_window: integer({
    default: 60,
    min: 1,
    max: 3600,
    unit: "seconds",
    description: "Length of the window of ingest_max_rate",
  }),
  dlq_retention_days: integer({
    default: 0,
    min: 0,
    max: 3650,
    unit: "days",
    description: "Dead letters older than this are removed and counted as expired; 0 keeps them",
  }),
  alert_story_max: integer({
    default: 100_000,
    min: 0,
    max: 10_000_000,
    unit: "events",
    description:
      "Events whose story GET /api/v1/alerts/:id tells: the last so many, for 24 hours; each takes memory of Redis; 0 keeps none",
  }),
  audit_retention_days: integer({
    default: 365,
    min: 1,
    max: 36_500,
    unit: "days",
    description: "Audit entries older than this are removed",
  }),
  cache_reload_interval: integer({
    default: 300,
    min: 1,
    max: DAY_S,
    unit: "seconds",
    description: "Rules, hosts and teams are read again at least this often, beside every change",
  }),
  unhandled_threshold: integer({
    default: 100,
    min: 1,
    max: 1_000_000_000,
    unit: "events",
    description: "Events of one host and pattern without a rule that raise a meta-alert",
  }),
  unhandled_expiry_seconds: integer({
    default: DAY_S,
    min: 1,
    max: YEAR_S,
    unit: "seconds",
    description: "Time within which unhandled_threshold counts",
  }),
  unhandled_default_team: name({
    default: "NETO",
    description: "Team of meta-alerts for hosts that have no team",
  }),
  alerter_queue_warn_threshold: integer({
    default: 1000,
    min: 1,
    max: 100_000_000,
    unit: "jobs",
    description:
      "Depth of the alert queue from which the alerter warns; where it is not set, at most half of alerter_queue_shed_threshold",
  }),
  alerter_queue_shed_threshold: integer({
    default: 2000,
    min: 2,
    max: 100_000_000,
    unit: "jobs",
    description: "Depth of the alert queue from which the alerter sheds",
  }),
  alerter_queue_max_age: integer({
    default: 3600,
    min: 0,
    max: 30 * DAY_S,
    unit: "seconds",
    description:
      "Age of the oldest job of the alert queue from which the alerter sheds; 0 turns this off",
  }),
  alerter_shed_mode: choice(["dlq", "defer"], {
    default: "dlq",
    description: "What becomes of a shed event: a dead letter at once, or put off for a while",
  }),
  alerter_shed_policy: choice(["progressive", "strict"], {
    default: "progressive",
    description: "Which events are shed: the least severe first, or all alike",
  }),
  alerter_defer_sleep_ms: integer({
    default: 250,
    min: 1,
    max: HOUR_MS,
    unit: "milliseconds",
    description: "How long an event is put off the first time",
  }),
  alerter_max_defers: integer({
    default: 20,
    min: 0,
    max: 10_000,
    unit: "times",
    description: "How often an event is put off before it becomes a dead letter",
  }),
  alerter_max_retries: integer({
    default: 3,
    min: 0,
    max: 100,
    unit: "retries",
    description: "Retries of an ingest job after its first attempt",
  }),
  circuit_breaker_threshold: integer({
    default: 10,
    min: 1,
    max: 10_000,
    unit: "failures",
    description: "Failures in a row that open the circuit breaker",
  }),
  circuit_breaker_timeout: integer({
    default: 60,
    min: 1,
    max: DAY_S,
    unit: "seconds",
    description: "How long the breaker stays open before it lets one probe through",
  }),
  alerter_defer_max_ms: integer({
    default: 60_000,
    min: 1,
    max: HOUR_MS,
    unit: "milliseconds",
    description: "Longest time that an event is put off at once",
  }),
  remediation_enabled: toggle({
    default: true,
    description: "Whether dead letters are replayed without an operator",
  }),
  remediation_interval: integer({
    default: 10,
    min: 1,
    max: DAY_S,
    unit: "seconds",
    description: "Time between two rounds of automatic replay",
  }),
  remediation_batch_size: integer({
    default: 500,
    min: 1,
    max: 100_000,
    unit: "entries",
    description: "Dead letters replayed per round at most: the storm cap",
  }),
  remediation_pause_ms: integer({
    default: 5,
    min: 0,
    max: 60_000,
    unit: "milliseconds",
    description: "Pause between two replayed entries",
  }),
  remediation_max_age: integer({
    default: DAY_S,
    min: 1,
    max: 10 * YEAR_S,
    unit: "seconds",
    description: "Older dead letters wait for an operator",
  }),
  max_poison_retries: integer({
    default: 3,
    min: 0,
    max: 100,
    unit: "replays",
    description: "Replays of one entry before it goes to the terminal queue",
  }),
  slo_ingest_success_target: share({
    default: 0.995,
    description: "Objective for the share of ingest requests that succeed",
  }),
  slo_forward_success_target: share({
    default: 0.99,
    description: "Objective for the share of fresh alerts that are delivered",
  }),
  slo_window_hours: integer({
    default: 720,
    min: 1,
    max: 8760,
    unit: "hours",
    description: "Window over which the objectives hold",
  }),
  slo_burn_rate_warning: positive({
    default: 6,
    max: 1000,
    description: "Burn rate over 6 h and 30 min from which the state is warn",
  }),
  slo_burn_rate_critical: positive({
    default: 14.4,
    max: 1000,
    description: "Burn rate over 1 h and 5 min from which the state is critical",
  }),
  moog_rate_limit: integer({
    default: 50,
    min: 0,
    max: 1_000_000,
    unit: "deliveries",
    description:
      "Requests to the webhook per moog_rate_period over all replicas; 0 turns the limit off",
  }),
  moog_rate_period: integer({
    default: 1,
    min: 1,
    max: 3600,
    unit: "seconds",
    description: "Period of moog_rate_limit",
  }),
  moog_batch_max: integer({
    default: 50,
    min: 1,
    max: 500,
    unit: "alerts",
    description: "Alerts of one delivery at most",
  }),
  moog_max_retries: integer({
    default: 5,
    min: 0,
    max: 100,
    unit: "retries",
    description: "Retries of a delivery after its first attempt",
  }),
  moog_retry_base_ms: integer({
    default: 1000,
    min: 1,
    max: HOUR_MS,
    unit: "milliseconds",
    description: "Upper bound of the wait before the first retry; it doubles with each further one",
  }),
  moog_retry_max_ms: integer({
    default: 60_000,
    min: 1,
    max: 24 * HOUR_MS,
    unit: "milliseconds",
    description: "Upper bound of the wait before any retry",
  }),
  moog_max_wait: integer({
    default: 3600,
    min: 1,
    max: 30 * DAY_S,
    unit: "seconds",
    description: "Time that a delivery waits at the receiver's word before it becomes dead letters",
  }),
} as const;

/** The name of a run-time setting. */
export type SettingKey = keyof typeof SETTINGS;

/** The values of all run-time settings. */
export type Settings = {
  readonly [K in SettingKey]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};

/** Every setting's name, in the order of the documentation. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** Every setting's default. */
export const DEFAULT_SETTINGS = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, SETTINGS[key].default]),
) as unknown as Settings;
