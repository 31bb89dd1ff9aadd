// What each app reads from its environment, as its own schema says it.
import { SETTING_KEYS } from "@mutt/dynamic-config";
import type { z } from "zod";
import { AdminEnv } from "../../apps/admin/src/config.ts";
import { AlerterEnv } from "../../apps/alerter/src/config.ts";
import { ForwarderEnv } from "../../apps/forwarder/src/config.ts";
import { IngestorEnv } from "../../apps/ingestor/src/config.ts";
import { RemediationEnv } from "../../apps/remediation/src/config.ts";

/** The schema of every app by its name. */
const APP_SCHEMAS = {
  ingestor: IngestorEnv,
  alerter: AlerterEnv,
  forwarder: ForwarderEnv,
  remediation: RemediationEnv,
  admin: AdminEnv,
} as const satisfies Record<string, z.ZodType & { shape: object }>;

/** The schema of one app, as far as all of them have it in common. */
export function schemaOf(app: AppName): z.ZodType<{ HOST: string; QUEUE_PREFIX: string }> {
  return APP_SCHEMAS[app] as z.ZodType<{ HOST: string; QUEUE_PREFIX: string }>;
}

/** Name of an app that is deployed. */
export type AppName = keyof typeof APP_SCHEMAS;

/** All of them. */
export const APP_NAMES = Object.keys(APP_SCHEMAS) as AppName[];

/** Read by Node and by malloc, in every app. */
const PLATFORM = ["NODE_OPTIONS", "MALLOC_ARENA_MAX"];

/** Every variable that an app reads, run-time settings in capitals included. */
export function variablesReadBy(app: AppName): Set<string> {
  const settings = SETTING_KEYS.map((key) => key.toUpperCase());
  return new Set([...Object.keys(APP_SCHEMAS[app].shape), ...settings, ...PLATFORM]);
}

/** The port that an app listens on when nothing else is said. */
export function defaultPortOf(app: AppName): number {
  const shape: Readonly<Record<string, z.ZodType>> = APP_SCHEMAS[app].shape;
  return Number(shape[`${app.toUpperCase()}_PORT`]?.parse(undefined));
}
