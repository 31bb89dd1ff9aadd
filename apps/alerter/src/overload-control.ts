import {
  type Candidate,
  createSieve,
  createTraffic,
  drawCut,
  type Overload,
  type OverloadSettings,
  type Reading,
  SHEDS_NO_SEVERITY,
  stepOverload,
} from "@mutt/backpressure";
import { publishOverload, readOverload } from "@mutt/pipeline-state";
import {
  backlog,
  oldestAgeSeconds,
  type PipelineQueue,
  readCounts,
  readDrained,
} from "@mutt/queues";
import { createOutageLog, readClockMs } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";
import type { OverloadMetrics } from "./overload-metrics.ts";

/** What the control reads and where it reports. */
export interface OverloadControlDeps {
  redis: Redis;
  prefix: string;
  alert: PipelineQueue<"alert">;
  settings(): OverloadSettings;
  metrics: OverloadMetrics;
  logger: Logger;
}

/** Knows how the pipeline stands and picks what is shed; asking it costs no call to Redis. */
export interface OverloadControl extends AsyncDisposable {
  /** How the pipeline stands now: the last reading, and what this process has added since. */
  current(): Overload;
  /** Says for each alert whether it is shed now. */
  sift(candidates: readonly Candidate[]): boolean[];
  /** Counts deliveries that this process is about to add. */
  adds(jobs: number): void;
}

/** Time between two readings, in milliseconds: three small commands, whatever the load. */
const INTERVAL_MS = 250;

/** A reading that is older says nothing: then nothing is shed, since a blind control must not stop alerts. */
const STALE_MS = 5000;

/**
 * Starts the overload control.
 * All alerters share one state: whoever reads first takes the next step and publishes it, the others follow. Between
 * two readings each adds what it has added itself, less what drains meanwhile, so that a flood ends at once.
 */
export function startOverloadControl(deps: OverloadControlDeps): OverloadControl {
  const { redis, prefix, alert, settings, metrics, logger } = deps;
  const outage = createOutageLog(logger, "reading the depth of the alert queue (nothing is shed)");
  const traffic = createTraffic();
  const sieve = createSieve();
  let overload: Overload = stepOverload(undefined, NOTHING, settings());
  let readAtMs = performance.now();
  let version = 0;
  let added = 0;
  let addedAtReading = 0;
  let isStale = false;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function look(): Promise<void> {
    const addedBefore = added;
    const startedAtMs = performance.now();
    const [reading, published] = await Promise.all([
      readQueue(redis, prefix, alert),
      readOverload(redis, prefix),
    ]);
    const seen = published?.version ?? 0;
    const isMyTurn = seen === version;
    const next = withShedFrom(stepOverload(published?.overload, reading, settings()));
    const isPublished =
      isMyTurn && (await publishOverload(redis, prefix, { seen, overload: next }));
    version = isPublished ? seen + 1 : seen;
    follow(isPublished || published === undefined ? next : { ...published.overload, ...reading });
    readAtMs = startedAtMs;
    addedAtReading = addedBefore;
    metrics.read(overload);
  }

  function withShedFrom(next: Overload): Overload {
    const isShedding = next.share > 0;
    const cut = drawCut(traffic.groups(next.at), next.share);
    return { ...next, shedFrom: isShedding ? cut.shedFrom : SHEDS_NO_SEVERITY };
  }

  function follow(next: Overload): void {
    const { state: before } = overload;
    overload = next;
    if (next.state === before) return;
    metrics.entered(next.state);
    const level = next.state === "warn" || next.state === "shed" ? "warn" : "info";
    logger[level](`overload state: ${before} -> ${next.state}`, {
      from: before,
      to: next.state,
      depth: next.depth,
      oldest_age_s: Math.round(next.oldestAgeSeconds),
      drain_rate: Number(next.drainRate.toFixed(1)),
      mode: next.mode,
      policy: next.policy,
    });
  }

  function current(): Overload {
    const ageMs = performance.now() - readAtMs;
    if (ageMs > STALE_MS) {
      if (!isStale) {
        metrics.failedOpen();
        // A command that waits for Redis fails nobody, so the loop has said nothing yet.
        outage.failed("no answer of Redis for more than 5 s");
      }
      isStale = true;
      return { ...overload, state: "normal", share: 0, shedFrom: SHEDS_NO_SEVERITY };
    }
    isStale = false;
    const drained = (overload.drainRate * ageMs) / 1000;
    const depth = Math.max(0, overload.depth + (added - addedAtReading) - drained);
    return stepOverload(overload, { ...overload, depth }, settings());
  }

  async function loop(): Promise<void> {
    try {
      await look();
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
    if (!isStopped) timer = setTimeout(() => void loop(), INTERVAL_MS);
  }

  void loop();
  return {
    current,
    sift(candidates) {
      const now = current();
      traffic.note(candidates, now.at);
      if (now.share === 0) return candidates.map(() => false);
      const cut = drawCut(traffic.groups(now.at), now.share);
      return candidates.map((candidate) => sieve.sheds(candidate, cut));
    },
    adds(jobs) {
      added += jobs;
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

const NOTHING: Reading = { at: 0, depth: 0, oldestAgeSeconds: 0, drained: 0 };

/** The clock is that of Redis: replicas with different clocks agree. */
async function readQueue(
  redis: Redis,
  prefix: string,
  alert: PipelineQueue<"alert">,
): Promise<Reading> {
  const [at, counts, age, drained] = await Promise.all([
    readClockMs(redis, `${prefix}:overload`),
    readCounts(alert),
    oldestAgeSeconds(redis, alert),
    readDrained(redis, prefix),
  ]);
  return {
    at,
    depth: backlog(counts),
    oldestAgeSeconds: age,
    drained,
  };
}
