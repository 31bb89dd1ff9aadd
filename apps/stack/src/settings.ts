import { totalmem } from "node:os";
import { baseEnv, type Environment, parseEnv, portVariable } from "@mutt/service";
import { z } from "zod";
import type { ServiceName } from "./services.ts";

const text = (description: string) => z.string().trim().min(1).optional().describe(description);

/** Variables that `npm start` itself reads; all others are handed on to the apps as they are. */
export const StackEnv = z.object({
  ...baseEnv,
  MUTT_HOME: text("Directory of the local state; .mutt in the checkout when not set"),
  INGESTOR_PORT: portVariable(8080),
  ALERTER_PORT: portVariable(8081),
  FORWARDER_PORT: portVariable(8082),
  REMEDIATION_PORT: portVariable(8083),
  ADMIN_PORT: portVariable(8090),
  SINK_PORT: portVariable(8099),
  REDIS_URL: text("A Redis that runs already; a private one is started when not set"),
  REDIS_SENTINELS: text("Sentinels of a Redis that runs already"),
  APPENDFSYNC: z
    .enum(["always", "everysec", "no"], { error: "expected always, everysec or no" })
    .default("everysec")
    .describe("When the private Redis brings its append-only file to the disk"),
  REDIS_MAXMEMORY: z
    .string()
    .regex(/^\d+(kb|mb|gb)?$/i, { error: "expected a number of bytes or e.g. 512mb" })
    .optional()
    .describe("Memory that the private Redis may take"),
  MOOG_WEBHOOK_URL: text("Where alerts go; a local receiver is started when not set"),
  MOOG_API_KEY: text("Key for MOOG_WEBHOOK_URL"),
  MOOG_HEALTH_URL: text("Test endpoint of the destination"),
  INGEST_API_KEYS: text("Keys of senders, name:secret,…; made when not set"),
  INGEST_API_KEYS_FILE: text("File with the keys of senders"),
  ADMIN_API_KEYS: text("Keys of operators, name:role:secret,…; made when not set"),
  ADMIN_API_KEYS_FILE: text("File with the keys of operators"),
});

/** What `npm start` was asked for. */
export type Settings = z.infer<typeof StackEnv>;

/** Reads the environment; throws an `EnvironmentError` with one line per bad variable. */
export function parseSettings(env: Environment): Settings {
  return parseEnv(StackEnv, env);
}

/** The port asked for, by service; 0 stands for any free one. */
export function portsOf(settings: Settings): Record<ServiceName, number> {
  return {
    ingestor: settings.INGESTOR_PORT,
    alerter: settings.ALERTER_PORT,
    forwarder: settings.FORWARDER_PORT,
    remediation: settings.REMEDIATION_PORT,
    admin: settings.ADMIN_PORT,
    receiver: settings.SINK_PORT,
  };
}

/** Whether the environment names a Redis, so that no private one is needed. */
export function hasOwnRedis(settings: Settings): boolean {
  return Boolean(settings.REDIS_URL ?? settings.REDIS_SENTINELS);
}

const MIB = 1024 * 1024;

/**
 * The memory that a private Redis may take: what was asked for, else 40 % of the machine (or of the
 * container), within 256 MiB and 4 GiB. The rest is for the apps and for Redis rewriting its file.
 */
export function maxmemoryOf(settings: Settings): string {
  if (settings.REDIS_MAXMEMORY) return settings.REDIS_MAXMEMORY;
  const constrained = process.constrainedMemory();
  // Without a limit the answer is 0 or beyond what the machine has.
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  const share = Math.floor((available * 0.4) / MIB);
  return `${Math.min(Math.max(share, 256), 4096)}mb`;
}
