import type { Environment } from "@mutt/service";
import type { Credentials } from "./credentials.ts";
import { type Keys, keysOf } from "./keys.ts";
import { settlePorts } from "./ports.ts";
import { type Additions, additionsFor } from "./service-env.ts";
import { APPS, type ServiceName } from "./services.ts";
import { portsOf, type Settings } from "./settings.ts";
import type { StackFile } from "./stack-file.ts";
import { urlOf } from "./urls.ts";

/** Everything that is settled before the first process starts. */
export type Plan = {
  services: ServiceName[];
  keys: Keys;
  /** Base URL of a service. */
  url(name: ServiceName): string;
  /** Of the local receiver; undefined when alerts go elsewhere. */
  receiverUrl: string | undefined;
  webhookUrl: string;
  additions: Additions;
};

/** Settles services, ports, keys and destination; throws a line per thing that cannot be had. */
export async function planStack(settings: Settings, credentials: Credentials): Promise<Plan> {
  const keys = await keysOf(settings, credentials);
  const isLocal = settings.MOOG_WEBHOOK_URL === undefined;
  const services: ServiceName[] = isLocal ? ["receiver", ...APPS] : [...APPS];
  const ports = await settlePorts(portsOf(settings), { host: settings.HOST, services });
  const url = (name: ServiceName): string => urlOf(settings.HOST, ports[name]);
  const receiverUrl = isLocal ? url("receiver") : undefined;
  const webhookUrl = settings.MOOG_WEBHOOK_URL ?? `${receiverUrl}/webhook`;
  const made = {
    HOST: settings.HOST,
    ...keys.made,
    MOOG_WEBHOOK_URL: webhookUrl,
    MOOG_API_KEY: settings.MOOG_API_KEY ?? credentials.moog_api_key,
    ...(isLocal && !settings.MOOG_HEALTH_URL && { MOOG_HEALTH_URL: `${receiverUrl}/health` }),
  };
  return { services, keys, url, receiverUrl, webhookUrl, additions: { ports, made } };
}

/** The variables that a second process of an app needs from the environment of the first. */
const SHARED_VARIABLES = [
  "QUEUE_PREFIX",
  "REDIS_URL",
  "REDIS_SENTINELS",
  "REDIS_SENTINEL_NAME",
  "REDIS_TLS_CA_FILE",
  "REDIS_TLS_CERT_FILE",
  "REDIS_TLS_KEY_FILE",
  "INGEST_API_KEYS",
  "INGEST_API_KEYS_FILE",
  "ADMIN_API_KEYS",
  "ADMIN_API_KEYS_FILE",
  "MOOG_WEBHOOK_URL",
  "MOOG_API_KEY",
  "MOOG_HEALTH_URL",
];

/** What is told to `npm run app` and `npm run demo` about the running stack. */
export function describeStack(plan: Plan, given: Environment): StackFile {
  const { ports, made } = plan.additions;
  const shared = Object.fromEntries(SHARED_VARIABLES.map((name) => [name, given[name]]));
  const all = { ports, made: { ...shared, ...made } };
  return {
    pid: process.pid,
    urls: Object.fromEntries(plan.services.map((name) => [name, plan.url(name)])),
    ingest_key: plan.keys.ingest,
    admin_key: plan.keys.admin,
    environment: Object.fromEntries(APPS.map((name) => [name, additionsFor(name, all)])),
  };
}
