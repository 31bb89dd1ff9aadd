import { APPS, type AppName } from "@mutt/stack";
import type { Random } from "../random.ts";
import type { FaultAction, LinkName, ReceiverMode } from "./fault.ts";

/** A fault without its place in the schedule. */
export type DrawnFault = FaultAction & { holdMs: number };

/** Where alerts are in hand: these are troubled more often than the others. */
const WORKING: readonly AppName[] = ["ingestor", "alerter", "forwarder", "remediation"];

const LINKS: readonly LinkName[] = [
  "webhook",
  "webhook",
  "redis:ingestor",
  "redis:alerter",
  "redis:forwarder",
  "redis:remediation",
  "redis:admin",
];

/** Values that make trouble, or at least a difference, within seconds. */
const SETTINGS: Record<string, (random: Random) => string | number | boolean> = {
  moog_batch_max: (random) => random.integer(1, 20),
  moog_rate_limit: (random) => random.integer(5, 40),
  moog_max_retries: (random) => random.integer(0, 3),
  moog_max_wait: (random) => random.integer(1, 3),
  circuit_breaker_threshold: (random) => random.integer(1, 3),
  circuit_breaker_timeout: (random) => random.integer(1, 4),
  alerter_shed_mode: () => "defer",
  alerter_shed_policy: () => "strict",
  alerter_queue_shed_threshold: (random) => random.integer(4, 30),
  alerter_queue_max_age: (random) => random.integer(1, 4),
  alerter_max_defers: (random) => random.integer(0, 3),
  max_poison_retries: (random) => random.integer(0, 4),
  remediation_enabled: () => false,
  remediation_batch_size: (random) => random.integer(1, 40),
  ingest_max_rate: (random) => random.integer(20, 200),
  max_ingest_queue_size: (random) => random.integer(20, 200),
};

/** One drawing for each kind; what a longer phase does often stands here several times. */
export const DECK: readonly ((random: Random) => DrawnFault)[] = [
  (random) => ({ kind: "kill", app: "alerter", holdMs: random.integer(0, 3000) }),
  (random) => ({ kind: "kill", app: "forwarder", holdMs: random.integer(0, 3000) }),
  (random) => ({ kind: "kill", app: "ingestor", holdMs: random.integer(0, 2000) }),
  (random) => ({ kind: "kill", app: "remediation", holdMs: random.integer(0, 3000) }),
  (random) => ({ kind: "kill", app: random.pick(APPS), holdMs: random.integer(0, 3000) }),
  // Some beyond the 8 s after which a job is given to somebody else.
  (random) => ({ kind: "pause", app: random.pick(WORKING), holdMs: random.integer(1000, 14_000) }),
  (random) => ({ kind: "pause", app: random.pick(APPS), holdMs: random.integer(1000, 5000) }),
  (random) => ({ kind: "stop", app: random.pick(APPS), holdMs: random.integer(0, 2000) }),
  (random) => ({
    kind: "replica",
    app: random.pick(WORKING),
    end: random.pick(["stop", "kill"]),
    holdMs: random.integer(4000, 12_000),
  }),
  (random) => ({ kind: "kill_redis", holdMs: random.integer(0, 5000) }),
  (random) => ({ kind: "pause_redis", holdMs: random.integer(500, 10_000) }),
  (random) => ({ kind: "fill_redis", holdMs: random.integer(1500, 6000) }),
  (random) => ({ kind: "cut", link: random.pick(LINKS), holdMs: random.integer(100, 5000) }),
  (random) => ({
    kind: "delay",
    link: random.pick(LINKS),
    ms: random.integer(20, 600),
    holdMs: random.integer(2000, 8000),
  }),
  (random) => ({
    kind: "black_hole",
    link: random.pick(LINKS),
    resumes: random.chance(0.5),
    holdMs: random.integer(1000, 12_000),
  }),
  (random) => ({ kind: "receiver", mode: drawMode(random), holdMs: random.integer(1000, 7000) }),
  (random) => ({ kind: "receiver", mode: drawMode(random), holdMs: random.integer(1000, 7000) }),
  (random) => ({
    kind: "receiver",
    mode: { mode: "reject", text: "poison", status: random.pick([400, 413, 422]) },
    holdMs: random.integer(2000, 7000),
  }),
  drawSetting,
  drawSetting,
  drawSetting,
  (random) => ({
    kind: "retry_all",
    queue: random.pick(["dlq-alerter", "dlq-forwarder", "dlq-dead"]),
    holdMs: 0,
  }),
  () => ({ kind: "retry_all", queue: "dlq-forwarder", holdMs: 0 }),
  (random) => ({ kind: "rule", holdMs: random.integer(500, 3000) }),
];

function drawSetting(random: Random): DrawnFault {
  const key = random.pick(Object.keys(SETTINGS));
  const value = SETTINGS[key]?.(random) ?? "";
  return { kind: "setting", key, value, holdMs: random.integer(3000, 12_000) };
}

function drawMode(random: Random): ReceiverMode {
  return random.pick<ReceiverMode>([
    { mode: "error", status: random.pick([500, 502, 503, 504, 408]) },
    { mode: "throttle", status: 429, retry_after: 1 },
    { mode: "throttle", status: 429, retry_after: 2, retry_after_as: "date" },
    { mode: "throttle", status: 429, retry_after_as: "none" },
    { mode: "throttle", status: 503, retry_after: 2 },
    { mode: "hang" },
    { mode: "close" },
    { mode: "unauthorized" },
    { mode: "every", n: random.integer(2, 4), status: 500 },
    { mode: "html" },
    { mode: "redirect" },
    { mode: "slow", delay_ms: random.integer(50, 500) },
  ]);
}
