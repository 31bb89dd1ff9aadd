import { createCircuitBreaker } from "@mutt/circuit-breaker";
import { BREAKER_LEVELS, type Gauge, OVERLOAD_LEVELS, writeSample } from "@mutt/minute-history";
import { readOverload } from "@mutt/pipeline-state";
import {
  backlog,
  closeQueue,
  oldestAgeSeconds,
  openQueue,
  type QueueConnection,
  readCounts,
  readIngestDepth,
} from "@mutt/queues";
import { createOutageLog, readMemoryUse } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { Redis } from "ioredis";

/** What sampling needs. */
export interface HistorySamplerDeps {
  /** A fail-fast connection. */
  redis: Redis;
  queues: QueueConnection;
  logger: Logger;
}

/** Several looks a minute, of which the last one is kept: a chart shows something soon after the start. */
const EVERY_MS = 20_000;

/**
 * Starts to look at the gauges of the pipeline and to keep what it sees in the history of minutes, for charts that
 * need no Prometheus. While Redis is away nothing is kept; that is logged once. Replicas write the same.
 */
export function startHistorySampler({
  redis,
  queues,
  logger,
}: HistorySamplerDeps): AsyncDisposable {
  const { prefix } = queues;
  const opened = {
    alert: openQueue("alert", queues),
    alerter: openQueue("dlq-alerter", queues),
    forwarder: openQueue("dlq-forwarder", queues),
    dead: openQueue("dlq-dead", queues),
  };
  const breaker = createCircuitBreaker(redis, { prefix, destination: "moog" });
  const outage = createOutageLog(logger, "keeping the history of queue depths");
  let underWay: Promise<void> | undefined;

  const depthOf = async (queue: (typeof opened)["alerter" | "forwarder" | "dead"]) => {
    const counts = await readCounts(queue);
    return backlog(counts) + counts.active + counts.failed;
  };
  const look = async (): Promise<Partial<Record<Gauge, number>>> => {
    const [alert, alert_oldest_age, ingest_depth, published, { state }, redis_memory] =
      await Promise.all([
        readCounts(opened.alert),
        oldestAgeSeconds(redis, opened.alert),
        readIngestDepth(redis, prefix),
        readOverload(redis, prefix),
        breaker.read(),
        readMemoryUse(redis),
      ]);
    const [dlq_alerter, dlq_forwarder, dlq_dead] = await Promise.all([
      depthOf(opened.alerter),
      depthOf(opened.forwarder),
      depthOf(opened.dead),
    ]);
    const { overload } = published ?? {};
    return {
      alert_depth: backlog(alert),
      alert_oldest_age,
      ingest_depth,
      dlq_alerter,
      dlq_forwarder,
      dlq_dead,
      redis_memory,
      breaker: BREAKER_LEVELS.indexOf(state),
      ...(overload && {
        overload: OVERLOAD_LEVELS.indexOf(overload.state),
        shed_share: overload.share,
        drain_rate: overload.drainRate,
      }),
    };
  };
  const sample = async (): Promise<void> => {
    try {
      await writeSample({ redis, prefix }, Date.now(), await look());
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  };
  const tick = (): void => {
    underWay ??= sample().finally(() => {
      underWay = undefined;
    });
  };
  tick();
  const timer = setInterval(tick, EVERY_MS).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await underWay;
      await Promise.all(Object.values(opened).map(closeQueue));
    },
  };
}
