import type { DynamicConfig } from "@mutt/dynamic-config";
import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import { type StoreDeps, trimAudit } from "@mutt/store";

/** Rare enough that the entries about it do not fill the log. */
const EVERY_MS = 3_600_000;

/**
 * Starts to remove audit entries that are older than `audit_retention_days`: at the start, every hour, and when the setting
 * changes. While Redis is away nothing goes; that is logged once. Replicas may all do it.
 */
export function startAuditRetention(
  deps: StoreDeps & { config: Pick<DynamicConfig, "get" | "onChange">; logger: Logger },
): AsyncDisposable {
  const { config, logger } = deps;
  const outage = createOutageLog(logger, "removing old audit entries");
  let underWay: Promise<void> | undefined;
  const trim = async (): Promise<void> => {
    try {
      const removed = await trimAudit(deps, config.get("audit_retention_days"));
      if (removed > 0) logger.info("old audit entries removed", { removed });
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  };
  const tick = (): void => {
    underWay ??= trim().finally(() => {
      underWay = undefined;
    });
  };
  tick();
  const timer = setInterval(tick, EVERY_MS).unref();
  const callOff = config.onChange((changed) => {
    if (changed.includes("audit_retention_days")) tick();
  });
  return {
    async [Symbol.asyncDispose]() {
      callOff();
      clearInterval(timer);
      await underWay;
    },
  };
}
