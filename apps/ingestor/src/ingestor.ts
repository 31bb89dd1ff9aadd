import type { MinuteRecorder } from "@mutt/minute-history";
import {
  addChunks,
  closeQueue,
  createLedgerWriter,
  openQueue,
  type QueueConnection,
  readIngestDepth,
  releaseIngestDepth,
} from "@mutt/queues";
import type { Logger } from "@mutt/service";
import type { Tracing } from "@mutt/tracing";
import type { Router } from "express";
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import { type AdmissionLimits, createAdmission } from "./admission.ts";
import { createIdempotency } from "./idempotency.ts";
import type { IngestDeps } from "./ingest.ts";
import { createIntake } from "./intake.ts";
import { startMemoryGuard } from "./memory-guard.ts";
import { createMetrics } from "./metrics.ts";
import { startOverloadWatch } from "./overload-watch.ts";
import { recordCounts } from "./record-counts.ts";
import { createIngestRoutes } from "./routes.ts";

/** What the ingestor is built from. */
export interface IngestorDeps {
  /** A fail-fast connection: a sender is answered, Redis or not. */
  redis: Redis;
  queues: QueueConnection;
  limits(): AdmissionLimits;
  identify: IngestDeps["identify"];
  registry: Registry;
  /** Keeps counts beyond this process. */
  recorder: Pick<MinuteRecorder, "add">;
  tracing: Tracing | undefined;
  logger: Logger;
}

/** The ingest API, ready to be served. */
export interface Ingestor extends AsyncDisposable {
  routes: Router;
}

/** Builds the way from a request to the ingest queue. */
export function startIngestor(deps: IngestorDeps): Ingestor {
  const { redis, queues, logger } = deps;
  const { prefix } = queues;
  const queue = openQueue("ingest", queues);
  const ledger = createLedgerWriter(redis, prefix, logger);
  const metrics = recordCounts(
    createMetrics(deps.registry, () => readIngestDepth(redis, prefix)),
    deps.recorder,
    ledger,
  );
  const admit = createAdmission({
    redis,
    prefix,
    limits: deps.limits,
    onError: metrics.rateLimiterFailed,
    logger,
  });
  const intake = createIntake({
    admit,
    addChunks: (chunks) => addChunks(queue, chunks),
    release: (events) => void releaseIngestDepth(redis, prefix, events).catch(() => {}),
  });
  const memory = startMemoryGuard(redis, logger);
  const overload = startOverloadWatch(redis, prefix);
  const routes = createIngestRoutes(
    {
      identify: deps.identify,
      isRedisReady: () => redis.status === "ready",
      memory,
      overload,
      intake,
      idempotency: createIdempotency(redis, prefix),
      metrics,
    },
    deps,
  );
  return {
    routes,
    async [Symbol.asyncDispose]() {
      await Promise.all([memory, overload, ledger].map((part) => part[Symbol.asyncDispose]()));
      await closeQueue(queue);
    },
  };
}
