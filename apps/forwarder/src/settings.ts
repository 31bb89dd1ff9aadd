import type { DynamicConfig } from "@mutt/dynamic-config";
import type { ForwarderSettings } from "./forwarder.ts";

/** Reads the forwarder's settings in force; seconds become milliseconds. */
export function forwarderSettings(get: DynamicConfig["get"]): ForwarderSettings {
  const breakerTimeoutMs = get("circuit_breaker_timeout") * 1000;
  return {
    delivery: {
      baseMs: get("moog_retry_base_ms"),
      maxMs: get("moog_retry_max_ms"),
      maxRetries: get("moog_max_retries"),
      maxWaitMs: get("moog_max_wait") * 1000,
      breakerTimeoutMs,
    },
    breaker: { threshold: get("circuit_breaker_threshold"), timeoutMs: breakerTimeoutMs },
    rate: { limit: get("moog_rate_limit"), periodSeconds: get("moog_rate_period") },
  };
}
