import { type MoogHealth, publishMoogHealth, readMoogHealth } from "@mutt/pipeline-state";
import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";
import type { ForwarderMetrics } from "./metrics.ts";
import { openSender, type Sender } from "./sender.ts";
import { judge } from "./verdict.ts";

/** What probing the platform needs. */
export interface MoogHealthProbeDeps {
  /** The test endpoint, never the webhook. */
  url: string;
  apiKey: string;
  redis: Redis;
  prefix: string;
  metrics: ForwarderMetrics;
  logger: Logger;
}

/** What one look at the platform touches. */
export interface MoogHealthCheck {
  sender: Pick<Sender, "send">;
  /** The last result of any replica. */
  read(): Promise<MoogHealth | undefined>;
  publish(health: MoogHealth): Promise<void>;
  metrics: Pick<ForwarderMetrics, "moogAnswered">;
}

/** Time between two probes, in milliseconds. */
const INTERVAL_MS = 10_000;

/** A result this young, in milliseconds, is as good as one of our own: the platform gets one probe, not one per replica. */
const SHARED_MS = 8000;

/** Longest time of a probe, in milliseconds: one that takes longer than this tells of trouble too. */
const PROBE_TIMEOUT_MS = 5000;

/** Says who asks; there is no alert in it that the platform could take for one. */
const PROBE = JSON.stringify({ probe: "mutt" });

/**
 * Starts probing the platform's test endpoint and publishing what it finds, at once and then every 10 s. A failure of
 * Redis or of the platform ends nothing.
 */
export function startMoogHealthProbe(deps: MoogHealthProbeDeps): AsyncDisposable {
  const { redis, prefix, logger } = deps;
  const stopping = new AbortController();
  const sender = openSender({
    ...deps,
    timeoutMs: PROBE_TIMEOUT_MS,
    connections: 1,
    signal: stopping.signal,
  });
  const check: MoogHealthCheck = {
    sender,
    read: () => readMoogHealth(redis, prefix),
    publish: (health) => publishMoogHealth(redis, prefix, health),
    metrics: deps.metrics,
  };
  const ofPlatform = createOutageLog(logger, "probing MOOG_HEALTH_URL (nothing is replayed)");
  const ofRedis = createOutageLog(logger, "publishing the health of the platform");
  let timer: NodeJS.Timeout | undefined;

  async function loop(): Promise<void> {
    try {
      const health = await checkMoogHealth(check, Date.now());
      ofRedis.succeeded();
      if (health?.isHealthy) ofPlatform.succeeded();
      else if (health) ofPlatform.failed(health.error);
    } catch (error) {
      if (!stopping.signal.aborted) ofRedis.failed(error);
    }
    if (!stopping.signal.aborted) timer = setTimeout(() => void loop(), INTERVAL_MS);
  }

  void loop();
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      // A probe that is broken off says nothing about the platform, and nothing is published.
      stopping.abort();
      await sender[Symbol.asyncDispose]();
    },
  };
}

/**
 * Finds out how the platform is: by what another replica has just found, or else by a probe, which is then published.
 * Only a 2xx is healthy: a platform that refuses the key or asks to wait takes no replays either. `undefined` when the
 * probe was broken off because the process stops; `nowMs` is epoch milliseconds.
 */
export async function checkMoogHealth(
  { sender, read, publish, metrics }: MoogHealthCheck,
  nowMs: number,
): Promise<MoogHealth | undefined> {
  const known = await read();
  const isFresh = known !== undefined && nowMs - known.at < SHARED_MS;
  const health = isFresh ? known : await probe(sender, known?.lastOkAt);
  if (health === undefined) return undefined;
  if (health.lastOkAt !== undefined) metrics.moogAnswered(health.lastOkAt / 1000);
  if (!isFresh) await publish(health);
  return health;
}

async function probe(
  sender: Pick<Sender, "send">,
  lastOkAt: number | undefined,
): Promise<MoogHealth | undefined> {
  const outcome = await sender.send(PROBE);
  const now = new Date();
  const verdict = judge(outcome, now);
  const at = now.getTime();
  if (verdict.kind === "give_back") return undefined;
  if (verdict.kind === "delivered") return { isHealthy: true, at, lastOkAt: at };
  const { error } = verdict;
  return { isHealthy: false, at, ...(lastOkAt === undefined ? {} : { lastOkAt }), error };
}
