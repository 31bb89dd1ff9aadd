import type { Environment } from "@mutt/service";
import { PORT_VARIABLES, type ServiceName } from "./services.ts";

/** Where a variable with a secret, or with a way to one, may go: to these services and no other. */
const HELD_BY: Record<string, readonly ServiceName[]> = {
  INGEST_API_KEYS: ["ingestor"],
  INGEST_API_KEYS_FILE: ["ingestor"],
  ADMIN_API_KEYS: ["admin"],
  ADMIN_API_KEYS_FILE: ["admin"],
  PROMETHEUS_URL: ["admin"],
  PROMETHEUS_BEARER_TOKEN: ["admin"],
  PROMETHEUS_USERNAME: ["admin"],
  PROMETHEUS_PASSWORD: ["admin"],
  PROMETHEUS_HEADERS: ["admin"],
  MOOG_API_KEY: ["forwarder", "receiver"],
  MOOG_WEBHOOK_URL: ["forwarder"],
  MOOG_HEALTH_URL: ["forwarder"],
  OTEL_EXPORTER_OTLP_ENDPOINT: ["ingestor", "alerter", "forwarder"],
  OTEL_EXPORTER_OTLP_HEADERS: ["ingestor", "alerter", "forwarder"],
  REDIS_URL: ["ingestor", "alerter", "forwarder", "remediation", "admin"],
};

/** What the stack adds to the environment it was given. */
export type Additions = {
  ports: Record<ServiceName, number>;
  /** Variables for whoever may hold them, e.g. the address of the private Redis. */
  made: Record<string, string | undefined>;
};

/** The variables that the stack sets for a service; `npm run app` uses the same ones. */
export function additionsFor(name: ServiceName, additions: Additions): Record<string, string> {
  const port = { [PORT_VARIABLES[name]]: String(additions.ports[name]) };
  return { ...allowed(name, additions.made), ...port };
}

/** The whole environment of a service: what was given, without the secrets of others. */
export function serviceEnv(
  name: ServiceName,
  given: Environment,
  additions: Additions,
): Record<string, string> {
  return { ...allowed(name, given), ...additionsFor(name, additions) };
}

function allowed(name: ServiceName, env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [variable, value] of Object.entries(env)) {
    const holders = HELD_BY[variable];
    if (value !== undefined && (!holders || holders.includes(name))) kept[variable] = value;
  }
  return kept;
}
