import { Counter, type Registry } from "prom-client";

/** Registers the count of stored settings that could not be used; the returned function counts one. */
export function createInvalidSettingCounter(registry: Registry): () => void {
  const counter = new Counter({
    name: "mutt_config_invalid_total",
    help: "Run-time settings found in Redis that could not be used; the last good value stays in force",
    registers: [registry],
  });
  return () => counter.inc();
}
