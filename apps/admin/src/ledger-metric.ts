import { readLedger } from "@mutt/queues";
import type { Redis } from "ioredis";
import { Gauge, type Registry } from "prom-client";

/** Exports how many events came in and are nowhere; they are counted at every scrape. */
export function registerLedgerMetric(
  { redis, prefix }: { redis: Redis; prefix: string },
  registry: Registry,
): void {
  const gauge = new Gauge({
    name: "mutt_ledger_unaccounted",
    help: "Events that were accepted and are nowhere; below 0: more came out than went in",
    registers: [registry],
    async collect() {
      try {
        const { unaccounted } = await readLedger(redis, prefix);
        if (unaccounted !== null) this.set(unaccounted);
      } catch {
        // While Redis is away the last value stays: a scrape must not fail as a whole for it.
      }
    },
  });
  gauge.set(0);
}
