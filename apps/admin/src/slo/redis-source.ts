import { createTotalsReader, type Totals } from "@mutt/minute-history";
import type { QueryResult } from "@mutt/prometheus";
import {
  type ComponentName,
  type SloReading,
  WINDOW_MINUTES,
  type WindowCounts,
  windowsInUse,
} from "@mutt/slo";
import type { Redis } from "ioredis";
import type { SloSource } from "./slo-source.ts";

/** Nobody counted for this long: nobody is there, as Prometheus would say too. */
const LOOKBACK_MINUTES = 5;

/** The counters of each objective. */
const COUNTERS = {
  ingestor: { good: "ingest_good", bad: "ingest_bad", up: "up_ingestor" },
  forwarder: { good: "forward_good", bad: "forward_bad", up: "up_forwarder" },
} as const satisfies Record<ComponentName, Record<"good" | "bad" | "up", keyof Totals>>;

/** Makes the source that reads the pipeline's own counters. */
export function createRedisSource(
  { redis, prefix }: { redis: Redis; prefix: string },
  onQuery: (result: QueryResult) => void,
): SloSource {
  const reader = createTotalsReader(redis, prefix);
  return {
    name: "redis",
    async read(settings, now) {
      const windows = windowsInUse(settings);
      const lengths = [
        LOOKBACK_MINUTES,
        settings.windowHours * 60,
        ...windows.map((window) => WINDOW_MINUTES[window]),
      ];
      try {
        const [recent, period, ...totals] = await reader.read(lengths, now.getTime());
        onQuery("ok");
        const readingOf = (component: ComponentName): SloReading => {
          const { up } = COUNTERS[component];
          if (recent === undefined || period === undefined || !(recent[up] > 0)) {
            return { kind: "none", reason: "metrics_absent" };
          }
          const counts = windows.map((window, index): [string, WindowCounts] => [
            window,
            countsOf(component, totals[index], WINDOW_MINUTES[window]),
          ]);
          return {
            kind: "counts",
            windows: Object.fromEntries(counts),
            period: countsOf(component, period, settings.windowHours * 60),
            ageSeconds: null,
          };
        };
        return {
          readings: { ingestor: readingOf("ingestor"), forwarder: readingOf("forwarder") },
          error: null,
          warnings: [],
        };
      } catch (error) {
        onQuery("unavailable");
        const reading: SloReading = { kind: "none", reason: "redis_unavailable" };
        return {
          readings: { ingestor: reading, forwarder: reading },
          error: error instanceof Error ? error.message : String(error),
          warnings: [],
        };
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

function countsOf(
  component: ComponentName,
  totals: Totals | undefined,
  minutes: number,
): WindowCounts {
  if (totals === undefined) return { total: null, bad: null, coverage: 0 };
  const { good, bad, up } = COUNTERS[component];
  return {
    total: totals[good] + totals[bad],
    bad: totals[bad],
    coverage: Math.min(1, totals[up] / minutes),
  };
}
