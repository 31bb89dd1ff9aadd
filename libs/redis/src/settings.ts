import { readFileSync } from "node:fs";
import { z } from "zod";

/** Host and port of one Sentinel, or of one node of a Cluster. */
interface NodeAddress {
  host: string;
  port: number;
}

/** What is needed to reach Redis, whichever way it is run. */
export interface RedisSettings {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  tls?: { ca?: Buffer; cert?: Buffer; key?: Buffer };
  sentinels?: { addresses: NodeAddress[]; name: string };
  /** Nodes of a Cluster to begin with; it tells of the others. */
  cluster?: NodeAddress[];
}

/** Environment variables that say where Redis is; every app has them. */
export const RedisEnv = z.object({
  REDIS_URL: z
    .url({
      protocol: /^rediss?$/,
      error: "expected redis://host:port or rediss://host:port, with user and password if needed",
    })
    .default("redis://127.0.0.1:6379")
    .describe("Where Redis is: redis://user:password@host:port/db, or rediss:// for TLS"),
  REDIS_SENTINELS: z
    .string()
    .optional()
    .describe("Sentinels as host:port,host:port; user, password and db still come from REDIS_URL"),
  REDIS_SENTINEL_NAME: z
    .string()
    .optional()
    .describe("Name of the master that the Sentinels watch"),
  REDIS_CLUSTER_NODES: z
    .string()
    .optional()
    .describe(
      "Nodes of a Redis Cluster as host:port,host:port; user and password still come from REDIS_URL, and QUEUE_PREFIX must be in braces, such as {mutt}",
    ),
  REDIS_TLS_CA_FILE: z.string().optional().describe("CA certificate file for rediss://"),
  REDIS_TLS_CERT_FILE: z.string().optional().describe("Client certificate file for rediss://"),
  REDIS_TLS_KEY_FILE: z.string().optional().describe("Client key file for rediss://"),
});

type RedisEnvironment = z.infer<typeof RedisEnv> & { QUEUE_PREFIX?: string | undefined };

/**
 * Turns the environment into connection settings.
 * Reads the TLS files; with a Cluster the prefix of the keys has to be in braces, so that all of them lie on one node and
 * one transaction can touch several. Throws a sentence that names the variable when one cannot be read or is incomplete.
 */
export function redisSettings(env: RedisEnvironment): RedisSettings {
  const url = new URL(env.REDIS_URL);
  const settings: RedisSettings = {
    host: url.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1",
    port: Number(url.port || 6379),
    db: databaseOf(url),
  };
  if (url.username) settings.username = decodeURIComponent(url.username);
  if (url.password) settings.password = decodeURIComponent(url.password);
  if (url.protocol === "rediss:") settings.tls = tlsOf(env);
  const sentinels = sentinelsOf(env);
  if (sentinels) settings.sentinels = sentinels;
  const cluster = clusterOf(env);
  if (cluster) settings.cluster = cluster;
  return settings;
}

function databaseOf(url: URL): number {
  const path = url.pathname.replace(/^\//, "");
  if (!/^\d*$/.test(path)) throw new Error("REDIS_URL: the path must be a database number");
  return Number(path || 0);
}

function tlsOf(env: RedisEnvironment): NonNullable<RedisSettings["tls"]> {
  const tls: NonNullable<RedisSettings["tls"]> = {};
  if (env.REDIS_TLS_CA_FILE) tls.ca = readPem("REDIS_TLS_CA_FILE", env.REDIS_TLS_CA_FILE);
  if (env.REDIS_TLS_CERT_FILE) tls.cert = readPem("REDIS_TLS_CERT_FILE", env.REDIS_TLS_CERT_FILE);
  if (env.REDIS_TLS_KEY_FILE) tls.key = readPem("REDIS_TLS_KEY_FILE", env.REDIS_TLS_KEY_FILE);
  if (Boolean(tls.cert) !== Boolean(tls.key)) {
    throw new Error("REDIS_TLS_CERT_FILE and REDIS_TLS_KEY_FILE go together: give both or neither");
  }
  return tls;
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${variable}: the file cannot be read`, { cause });
  }
}

function sentinelsOf(env: RedisEnvironment): RedisSettings["sentinels"] {
  if (!env.REDIS_SENTINELS) return undefined;
  if (!env.REDIS_SENTINEL_NAME) {
    throw new Error("REDIS_SENTINEL_NAME: missing; REDIS_SENTINELS needs the master's name");
  }
  const addresses = addressesOf("REDIS_SENTINELS", env.REDIS_SENTINELS);
  return { addresses, name: env.REDIS_SENTINEL_NAME };
}

function clusterOf(env: RedisEnvironment): RedisSettings["cluster"] {
  if (!env.REDIS_CLUSTER_NODES) return undefined;
  if (env.REDIS_SENTINELS) {
    throw new Error("REDIS_CLUSTER_NODES and REDIS_SENTINELS exclude each other: give one of them");
  }
  if (env.QUEUE_PREFIX !== undefined && !/\{[^{}]+\}/.test(env.QUEUE_PREFIX)) {
    throw new Error(
      `QUEUE_PREFIX: a Redis Cluster needs it in braces, such as {${env.QUEUE_PREFIX}}`,
    );
  }
  return addressesOf("REDIS_CLUSTER_NODES", env.REDIS_CLUSTER_NODES);
}

function addressesOf(variable: string, text: string): NodeAddress[] {
  return text.split(",").map((entry) => {
    const match = /^(.+):(\d+)$/.exec(entry.trim());
    if (!match?.[1]) throw new Error(`${variable}: expected host:port,host:port`);
    return { host: match[1].replace(/^\[|\]$/g, ""), port: Number(match[2]) };
  });
}
