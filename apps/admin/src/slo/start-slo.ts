import type { DynamicConfig } from "@mutt/dynamic-config";
import type { PrometheusOptions } from "@mutt/prometheus";
import { createOutageLog, readMemoryUse } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { ComponentName, SloSettings } from "@mutt/slo";
import type { Router } from "express";
import type { Redis } from "ioredis";
import type { Registry } from "prom-client";
import { startSloChecker } from "./checker.ts";
import { createLastKnownStore } from "./last-known.ts";
import { createSloMetrics } from "./metrics.ts";
import { openPrometheusSource } from "./prometheus-source.ts";
import { createRedisSource } from "./redis-source.ts";
import { createSloRoutes } from "./routes.ts";

/** What the SLO part of the admin app is built from. */
export interface SloDeps {
  /** A fail-fast connection. */
  redis: Redis;
  prefix: string;
  config: Pick<DynamicConfig, "get" | "onChange">;
  /** `undefined`: the pipeline's own counters are used. */
  prometheus: PrometheusOptions | undefined;
  registry: Registry;
  logger: Logger;
}

/** The SLO part of the admin app. */
export interface SloPart extends AsyncDisposable {
  routes: Router;
}

/** Starts the checker with its metrics and its route. */
export function startSlo(deps: SloDeps): SloPart {
  const { redis, prefix, config, prometheus, registry, logger } = deps;
  const settings = (): SloSettings => ({
    targets: { ingestor: targetOf(config, "ingestor"), forwarder: targetOf(config, "forwarder") },
    windowHours: config.get("slo_window_hours"),
    burnRateCritical: config.get("slo_burn_rate_critical"),
    burnRateWarning: config.get("slo_burn_rate_warning"),
  });
  const metrics = createSloMetrics(registry, {
    target: (component) => targetOf(config, component),
    readMemoryUse: () => readMemoryUse(redis),
  });
  const source = prometheus
    ? openPrometheusSource(prometheus, metrics.queried)
    : createRedisSource({ redis, prefix }, metrics.queried);
  const checker = startSloChecker({
    source,
    store: createLastKnownStore(redis, prefix),
    settings,
    outage: createOutageLog(
      logger,
      source.name === "prometheus"
        ? "asking Prometheus about the objectives"
        : "reading the counters of the objectives",
    ),
  });
  const callOff = config.onChange((changed) => {
    if (changed.some((key) => key.startsWith("slo_"))) void checker.refresh();
  });
  return {
    routes: createSloRoutes(checker),
    async [Symbol.asyncDispose]() {
      callOff();
      await checker[Symbol.asyncDispose]();
    },
  };
}

function targetOf(config: Pick<DynamicConfig, "get">, component: ComponentName): number {
  return component === "ingestor"
    ? config.get("slo_ingest_success_target")
    : config.get("slo_forward_success_target");
}
