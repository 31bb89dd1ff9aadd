import type { RulesImport } from "@mutt/store";
import { TEST_KEYS } from "@mutt/testkit";
import { PHRASES } from "../oracle/draw-request.ts";

/** Memory of the Redis: room for the run, and small enough to be filled. */
export const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

/** Events of one host and pattern that raise a meta-alert. */
export const UNHANDLED_THRESHOLD = 40;

/** Short settings, so that a phase of some seconds goes through whole cycles of every part. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  // The judge finds in the log of the alerter what became of an event that is only logged.
  LOG_LEVEL: "debug",
  SHUTDOWN_TIMEOUT_MS: "5000",
  INGEST_API_KEYS: `chaos:${TEST_KEYS.ingest}`,
  ADMIN_API_KEYS: `admin:admin:${TEST_KEYS.admin}`,
  MOOG_API_KEY: TEST_KEYS.moog,
  MOOG_TIMEOUT_MS: "3000",
  MOOG_RETRY_BASE_MS: "100",
  MOOG_RETRY_MAX_MS: "1000",
  MOOG_MAX_RETRIES: "2",
  MOOG_MAX_WAIT: "5",
  MOOG_RATE_LIMIT: "100",
  MOOG_BATCH_MAX: "10",
  CIRCUIT_BREAKER_THRESHOLD: "5",
  CIRCUIT_BREAKER_TIMEOUT: "2",
  ALERTER_QUEUE_SHED_THRESHOLD: "150",
  ALERTER_DEFER_SLEEP_MS: "100",
  ALERTER_DEFER_MAX_MS: "1000",
  ALERTER_MAX_DEFERS: "5",
  INGEST_RATE_WINDOW: "5",
  CACHE_RELOAD_INTERVAL: "5",
  REMEDIATION_INTERVAL: "1",
  REMEDIATION_BATCH_SIZE: "200",
  REMEDIATION_PAUSE_MS: "1",
  UNHANDLED_THRESHOLD: String(UNHANDLED_THRESHOLD),
};

/** Rules for the phrases of the oracle's events; what is of no known kind has none. */
export const RULES: RulesImport = {
  rules: [
    ruleOf("chaos: forwarded", PHRASES.forward, "Page_and_ticket"),
    ruleOf("chaos: logged", PHRASES.log, "Log_only"),
  ],
  dev_hosts: [],
  teams: [],
};

function ruleOf(
  name: string,
  text: string,
  handling: "Page_and_ticket" | "Log_only",
): RulesImport["rules"][number] {
  return {
    name,
    match_type: "contains",
    match_string: text,
    priority: 100,
    prod_handling: handling,
    dev_handling: handling,
    team_assignment: "chaos",
    is_active: true,
  };
}
