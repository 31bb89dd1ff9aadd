import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receiver } from "@mutt/receiver";
import { importRules, type RulesImport } from "@mutt/store";
import type { TestRedis } from "@mutt/testkit";
import { type Pipeline, waitFor } from "@mutt/testkit";

/** A rule with the fields that tests do not care about filled in. */
export function rule(
  fields: Partial<RulesImport["rules"][number]> & { name: string },
): RulesImport["rules"][number] {
  return {
    match_type: "contains",
    priority: 100,
    prod_handling: "Page_and_ticket",
    dev_handling: "Log_only",
    team_assignment: "network",
    is_active: true,
    ...fields,
  };
}

/** Puts rules in place before the apps start, and whenever a test wants to. */
export async function putRules(
  { redis, prefix }: { redis: TestRedis; prefix: string },
  rules: RulesImport["rules"],
  more: Partial<RulesImport> & { replace?: boolean } = {},
): Promise<void> {
  const { replace = false, dev_hosts = [], teams = [] } = more;
  await importRules(
    { redis: redis.client(), prefix },
    { rules, dev_hosts, teams },
    { actor: "test", replace },
  );
}

/** The rule that forwards what `faults` makes. */
export const FORWARD_FAULTS = rule({ name: "faults", match_string: "fault" });

const SEVERITIES = ["critical", "error", "warning", "notice"];

/** Distinct events that `FORWARD_FAULTS` matches. */
export function faults(count: number, label = "fault"): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    hostname: `host-${index % 17}.example.net`,
    message: `${label} ${index}: fault on port ${index % 48}`,
    severity: SEVERITIES[index % SEVERITIES.length],
  }));
}

/**
 * Starts a clock that counts the time in which this process ran, in milliseconds: what is above 250 ms between two
 * looks of it, 50 ms apart, is a machine that stood still, and nobody's delay.
 */
export function timeAwake(): () => number {
  let spent = 0;
  let last = performance.now();
  const look = (): void => {
    const now = performance.now();
    spent += Math.min(now - last, 250);
    last = now;
  };
  const timer = setInterval(look, 50).unref();
  return () => {
    clearInterval(timer);
    look();
    return spent;
  };
}

/** What a sender has been answered 202 for. */
export interface Accepted {
  ids: Set<string>;
  /** Answers other than 202 that it met and obeyed. */
  refusals: number;
}

/** How requests are sent. */
interface SendOptions {
  concurrency?: number;
  /** Between two requests of one sender. */
  pauseMs?: number;
  /** Ends the stream: what was begun is still brought to an end. */
  signal?: AbortSignal;
}

/**
 * Sends requests the way a well-behaved sender does: one idempotency key each, and again after any refusal
 * or broken connection, until it was answered 202.
 */
export async function sendAll(
  pipeline: Pick<Pipeline, "ingest">,
  bodies: readonly unknown[],
  { concurrency = 8, pauseMs = 0, signal }: SendOptions = {},
): Promise<Accepted> {
  const accepted: Accepted = { ids: new Set(), refusals: 0 };
  const queue = [...bodies];
  const sendNext = async (): Promise<void> => {
    for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
      if (signal?.aborted) return;
      for (const id of await sendOne(pipeline, body, accepted)) accepted.ids.add(id);
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sendNext));
  return accepted;
}

async function sendOne(
  pipeline: Pick<Pipeline, "ingest">,
  body: unknown,
  accepted: Accepted,
): Promise<string[]> {
  const key = randomUUID();
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    try {
      const response = await pipeline.ingest(body, { "idempotency-key": key });
      const answer = (await response.json()) as { id?: string; results?: { id?: string }[] };
      if (response.status === 202) {
        if (answer.id !== undefined) return [answer.id];
        return (answer.results ?? []).flatMap((result) => result.id ?? []);
      }
    } catch {
      // The ingestor is gone for the moment; the sender does not know how far it came.
    }
    accepted.refusals++;
    await sleep(200);
  }
  throw new Error("a request was not accepted within 60 s");
}

/** Waits until the receiver has every one of these alerts. */
export async function untilDelivered(
  receiver: Receiver,
  ids: ReadonlySet<string>,
  timeoutMs = 60_000,
): Promise<void> {
  await waitFor(() => missing(receiver, ids).length === 0, {
    what: `all ${ids.size} accepted alerts are delivered`,
    timeoutMs,
    everyMs: 100,
  }).catch((error: unknown) => {
    const lost = missing(receiver, ids);
    throw new Error(`${lost.length} of ${ids.size} not delivered, such as ${lost[0]}`, {
      cause: error,
    });
  });
}

/** Accepted alerts that the receiver does not have. */
function missing(receiver: Receiver, ids: ReadonlySet<string>): string[] {
  const delivered = new Set(receiver.alerts({ limit: 200_000 }).map((alert) => alert.external_id));
  return [...ids].filter((id) => !delivered.has(id));
}

/** Alerts that the receiver has and nobody was answered 202 for. */
export function unknownTo(ids: ReadonlySet<string>, receiver: Receiver): string[] {
  const delivered = receiver.alerts({ limit: 200_000 }).map((alert) => alert.external_id);
  return delivered.filter((id) => !ids.has(id));
}

/** Jobs of a queue in the given state, read from Redis as an operator would. */
export async function jobsIn(
  pipeline: Pick<Pipeline, "redis" | "prefix">,
  queue: string,
  state: "wait" | "failed" | "delayed" | "prioritized" | "active",
): Promise<number> {
  const redis = pipeline.redis.client();
  const key = `${pipeline.prefix}:${queue}:${state}`;
  return state === "wait" || state === "active" ? await redis.llen(key) : await redis.zcard(key);
}

/** The data of the dead letters of a queue. */
export async function deadLetters(
  pipeline: Pick<Pipeline, "redis" | "prefix">,
  queue: "dlq-alerter" | "dlq-forwarder" | "dlq-dead",
): Promise<{ data: Record<string, unknown>; failedReason: string | null }[]> {
  const redis = pipeline.redis.client();
  const base = `${pipeline.prefix}:${queue}`;
  const ids = await redis.zrange(`${base}:failed`, 0, "-1");
  return await Promise.all(
    ids.map(async (id) => {
      const [data, failedReason] = await redis.hmget(`${base}:${id}`, "data", "failedReason");
      return {
        data: JSON.parse(data ?? "{}") as Record<string, unknown>,
        failedReason: failedReason ?? null,
      };
    }),
  );
}

/** Changes a run-time setting behind the apps' back, as any writer could. */
export async function setSettings(
  { redis, prefix }: Pick<Pipeline, "redis" | "prefix">,
  settings: Record<string, string | number>,
): Promise<void> {
  const client = redis.client();
  for (const [key, value] of Object.entries(settings)) {
    await client.set(`${prefix}:config:${key}`, String(value));
  }
}
