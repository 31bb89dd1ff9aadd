import { QUERY_RESULTS, type QueryResult } from "@mutt/prometheus";
import { COMPONENTS, type ComponentName, SLOS } from "@mutt/slo";
import { Counter, Gauge, type Registry } from "prom-client";

/** Counts what the checker asks. */
export interface SloMetrics {
  queried(result: QueryResult): void;
}

/** What is shown at every scrape. */
export interface SloMetricsSources {
  target(component: ComponentName): number;
  readMemoryUse(): Promise<number>;
}

/** Registers the metrics around the objectives, each label set from the start. */
export function createSloMetrics(registry: Registry, sources: SloMetricsSources): SloMetrics {
  const registers = [registry];
  const queries = new Counter({
    name: "mutt_slo_checker_queries_total",
    help: "Questions that the SLO checker put to Prometheus, or to Redis where no Prometheus is set",
    labelNames: ["result"],
    registers,
  });
  new Gauge({
    name: "mutt_slo_objective_ratio",
    help: "Targets in force: the share of events that has to be good",
    labelNames: ["slo"],
    registers,
    collect() {
      for (const component of COMPONENTS) {
        this.set({ slo: SLOS[component].name }, sources.target(component));
      }
    },
  });
  new Gauge({
    name: "mutt_redis_memory_ratio",
    help: "Share of its maxmemory that Redis uses; 0 when it has no limit",
    registers,
    async collect() {
      // While Redis is away the last value stays: one gauge must not cost the whole scrape.
      const used = await sources.readMemoryUse().catch(() => undefined);
      if (used !== undefined) this.set(used);
    },
  });
  for (const result of QUERY_RESULTS) queries.inc({ result }, 0);
  return { queried: (result) => queries.inc({ result }) };
}
