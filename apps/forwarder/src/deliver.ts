import { type Delivery, type OutgoingAlert, packDeliveries } from "@mutt/alert";
import {
  boundHistory,
  clipError,
  createDeadLetter,
  type DeadLetter,
  type DeadLetterClass,
  type FailedAttempt,
  nextAttempt,
} from "@mutt/dead-letter";
import type { ReplayOutcome, StoryWriter } from "@mutt/pipeline-state";
import {
  type AlertJob,
  carriedReplays,
  type DeliveryExtras,
  deadLetterJobId,
  deliveryJobId,
} from "@mutt/queues";
import type { Logger } from "@mutt/service";
import { type BackoffBounds, backoffMs } from "./backoff.ts";
import type { Gate } from "./gate.ts";
import type { ForwarderMetrics, Origin } from "./metrics.ts";
import type { Sender } from "./sender.ts";
import { storyOf } from "./stories.ts";
import { type DeliveryVerdict, judge } from "./verdict.ts";

/** The settings in force while a delivery is worked on. */
export interface DeliverySettings extends BackoffBounds {
  maxRetries: number;
  /** The longest time that a receiver may keep one delivery waiting, in milliseconds. */
  maxWaitMs: number;
  /** How long the breaker stays open. */
  breakerTimeoutMs: number;
}

/** What becomes of the delivery's job. */
export type DeliveryStep =
  | { kind: "done" }
  /** Back to its place in the queue; nobody sends for `waitMs`. No attempt is spent. */
  | { kind: "wait"; waitMs: number; data?: AlertJob }
  /** Tried again after `delayMs`: this was an attempt. */
  | { kind: "retry"; delayMs: number; data: AlertJob; error: string }
  /** Back to its place in the queue because the process stops. */
  | { kind: "give_back" };

/** What delivering touches. */
export interface DeliverDeps {
  gate: Gate;
  sender: Sender;
  settings(): DeliverySettings;
  addDeliveries(deliveries: Delivery[], extras: DeliveryExtras): Promise<void>;
  addDeadLetters(entries: DeadLetter[]): Promise<void>;
  /** Tells remediation what became of replayed alerts; never waits. */
  countReplays(outcome: ReplayOutcome, alertIds: readonly string[]): void;
  stories: StoryWriter;
  metrics: ForwarderMetrics;
  logger: Logger;
  worker: string;
  version: string;
}

/** Longest pause of the whole queue in one go; a breaker that closes earlier is noticed by then. */
const MAX_PAUSE_MS = 5000;

/** While a probe is under way the others look again soon. */
const PROBE_PAUSE_MS = 500;

/** Longest that a failed probe makes way for others. */
const MAX_TURN_MS = 300_000;

/** Attempts one delivery as one request. */
export async function deliver(
  deps: DeliverDeps,
  job: AlertJob,
  token: string,
): Promise<DeliveryStep> {
  const entry = await deps.gate.enter(token);
  if (!entry.isAdmitted) return { kind: "wait", waitMs: Math.min(entry.waitMs, MAX_PAUSE_MS) };

  const startedAt = performance.now();
  const outcome = await deps.sender.send(JSON.stringify(job.alerts));
  const verdict = judge(outcome, new Date());
  count(deps.metrics, verdict, (performance.now() - startedAt) / 1000);

  switch (verdict.kind) {
    case "delivered":
      return await finish(deps, job, token);
    case "wait":
      return await waitAsTold(deps, job, token, verdict);
    case "retry":
      return await failAttempt(deps, job, token, verdict, entry.isProbe);
    case "rejected":
      return await isolate(deps, job, token, verdict);
    case "misconfigured":
      await deps.gate.misconfigured(token, verdict.error);
      return { kind: "wait", waitMs: PROBE_PAUSE_MS };
    case "give_back":
      await deps.gate.release(token);
      return { kind: "give_back" };
    default: {
      const unreachable: never = verdict;
      return unreachable;
    }
  }
}

function count(metrics: ForwarderMetrics, verdict: DeliveryVerdict, seconds: number): void {
  if (verdict.kind === "delivered") metrics.requestSucceeded(seconds);
  else if (verdict.kind !== "give_back") metrics.requestFailed(verdict.reason, seconds);
}

async function finish(deps: DeliverDeps, job: AlertJob, token: string): Promise<DeliveryStep> {
  await deps.gate.succeeded(token);
  countOutcome(deps, "delivered", job);
  const now = Date.now();
  const attempts = attemptsOf(job);
  deps.stories.note(job.alerts.map((alert) => storyOf("delivered", alert, now, { attempts })));
  for (const alert of job.alerts) {
    const receivedAt = Date.parse(alert.custom_info.event.received_at);
    deps.metrics.endToEnd(Math.max(0, now - receivedAt) / 1000);
    if (deps.logger.isEnabled("debug")) deps.logger.debug("alert delivered", idsOf(alert));
  }
  return { kind: "done" };
}

async function waitAsTold(
  deps: DeliverDeps,
  job: AlertJob,
  token: string,
  verdict: Extract<DeliveryVerdict, { kind: "wait" }>,
): Promise<DeliveryStep> {
  const settings = deps.settings();
  const waitedMs = job.throttled_ms ?? 0;
  const times = (job.throttled_times ?? 0) + 1;
  const told = verdict.waitMs ?? backoffMs(times, settings, () => 1);
  // An absurd Retry-After must not stop deliveries for longer than one may wait.
  const waitMs = Math.min(Math.max(told, 100), Math.max(settings.maxWaitMs, 100));
  await deps.gate.pause(token, waitMs);
  if (waitedMs >= settings.maxWaitMs) {
    const failures = [...(job.failures ?? []), attemptOf(deps, job, verdict.error)];
    return await bury(deps, job, failures, {
      class: "throttled",
      reason: "max_wait_exceeded",
      error: verdict.error,
    });
  }
  const data = { ...job, throttled_ms: waitedMs + waitMs, throttled_times: times };
  return { kind: "wait", waitMs: Math.min(waitMs, MAX_PAUSE_MS), data };
}

async function failAttempt(
  deps: DeliverDeps,
  job: AlertJob,
  token: string,
  verdict: Extract<DeliveryVerdict, { kind: "retry" }>,
  isProbe: boolean,
): Promise<DeliveryStep> {
  const settings = deps.settings();
  await deps.gate.failed(token, verdict.error);
  // A probe that found nobody to talk to says something about the destination, nothing about this delivery.
  if (isProbe && verdict.reason === "unreachable") {
    return { kind: "wait", waitMs: PROBE_PAUSE_MS };
  }
  const attempt = attemptOf(deps, job, verdict.error);
  const failures = [...(job.failures ?? []), attempt];
  if (attempt.attempt > settings.maxRetries) {
    return await bury(deps, job, failures, {
      class: "transient_downstream",
      reason: "retries_exhausted",
      error: verdict.error,
    });
  }
  const backoff = backoffMs(attempt.attempt, settings);
  return {
    kind: "retry",
    // Another delivery should be the next probe: a long outage must not use up the attempts of one.
    delayMs: isProbe
      ? Math.max(backoff, Math.min(settings.breakerTimeoutMs * 1.1, MAX_TURN_MS))
      : backoff,
    data: { ...job, failures: boundHistory(failures).kept },
    error: verdict.error,
  };
}

/** The delivery has at least one alert that is not acceptable: halve it until the culprit stands alone. */
async function isolate(
  deps: DeliverDeps,
  job: AlertJob,
  token: string,
  verdict: Extract<DeliveryVerdict, { kind: "rejected" }>,
): Promise<DeliveryStep> {
  await deps.gate.succeeded(token);
  if (job.alerts.length === 1) {
    const failures = [...(job.failures ?? []), attemptOf(deps, job, verdict.error)];
    return await bury(deps, job, failures, {
      class: "permanent",
      reason: "rejected",
      error: verdict.error,
    });
  }
  const halves = packDeliveries(job.alerts, Math.ceil(job.alerts.length / 2));
  const counts = carriedReplays(job);
  deps.stories.note(
    halves.flatMap((half) => {
      const jobId = deliveryJobId(half, counts);
      return half.alerts.map((alert) => storyOf("queued", alert, Date.now(), { jobId }));
    }),
  );
  await deps.addDeliveries(halves, {
    ...counts,
    ...(job.failures ? { failures: job.failures } : {}),
  });
  deps.logger.warn("delivery rejected: split to find the alert that is to blame", {
    alerts: job.alerts.length,
    detail: verdict.error,
  });
  return { kind: "done" };
}

/** Gives up: one dead letter per alert, so that an operator sees and retries single alerts. */
async function bury(
  deps: DeliverDeps,
  job: AlertJob,
  history: FailedAttempt[],
  why: { class: DeadLetterClass; reason: string; error: string },
): Promise<DeliveryStep> {
  const now = new Date();
  const at = now.toISOString();
  const counts = carriedReplays(job);
  const entries = job.alerts.map((alert) =>
    createDeadLetter(
      { origin_queue: "alert", payload: alert },
      { ...why, replays: 0, ...counts, history, at },
    ),
  );
  deps.stories.note(
    job.alerts.map((alert) => {
      const jobId = deadLetterJobId(alert.external_id, counts);
      return storyOf("dead", alert, now.getTime(), { jobId });
    }),
  );
  await deps.addDeadLetters(entries);
  countOutcome(deps, "dead", job);
  for (const alert of job.alerts) {
    deps.logger.error("alert could not be delivered: moved to dlq-forwarder", {
      ...idsOf(alert),
      class: why.class,
      reason: why.reason,
      detail: why.error,
    });
  }
  return { kind: "done" };
}

/** Attempts of this round, the one under way included. */
function attemptsOf(job: AlertJob): number {
  return nextAttempt(job.failures ?? [], (job.replays ?? 0) + (job.free_replays ?? 0));
}

function attemptOf(deps: DeliverDeps, job: AlertJob, error: string): FailedAttempt {
  const replay = (job.replays ?? 0) + (job.free_replays ?? 0);
  return {
    at: new Date().toISOString(),
    attempt: attemptsOf(job),
    replay,
    worker: deps.worker,
    version: deps.version,
    error: clipError(error),
    ...(job.replay_by ? { actor: job.replay_by } : {}),
  };
}

function countOutcome(deps: DeliverDeps, outcome: "delivered" | "dead", job: AlertJob): void {
  const origin = originOf(job);
  deps.metrics.alerts(outcome, origin, job.alerts.length);
  if (origin === "fresh") return;
  const ids = job.alerts.map(({ external_id }) => external_id);
  deps.countReplays(outcome === "delivered" ? "success" : "fail", ids);
}

function originOf(job: AlertJob): Origin {
  return job.replays || job.free_replays ? "replay" : "fresh";
}

function idsOf(alert: OutgoingAlert): Record<string, string> {
  return {
    alert_id: alert.external_id,
    correlation_id: alert.custom_info.correlation_id,
  };
}
