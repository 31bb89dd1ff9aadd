import { collectDefaultMetrics, Registry } from "prom-client";
import type { z } from "zod";
import { type Environment, parseEnv, secretsIn } from "./env.ts";
import { createLogger, type Logger, type LogLevel } from "./logger.ts";
import { createParts, type Parts } from "./parts.ts";
import { type Shutdown, untilShutdown } from "./shutdown.ts";

/** What `runApp` itself reads; the pieces of `baseEnv` give it. */
interface RunEnv {
  LOG_LEVEL: LogLevel;
  SHUTDOWN_TIMEOUT_MS: number;
}

/** Who runs, and in which environment. */
export interface AppOptions<Env extends RunEnv> {
  service: string;
  schema: z.ZodType<Env>;
  /** `process.env` of the entry file. */
  env: Environment;
}

/** What the wiring of an app gets. */
export interface App<Env extends RunEnv> {
  env: Env;
  logger: Logger;
  /** Holds the process' own metrics already. */
  registry: Registry;
  /** Whatever is started goes in here, in the order of its start. */
  parts: Parts;
  shutdown: Shutdown;
}

/**
 * Runs a process from its environment to its end: parses, starts, waits for a signal, stops the parts in
 * reverse, exits 0.
 *
 * A bad environment, a start that fails and a part that does not stop exit 1, each saying why. A signal
 * during the start stops what has come up so far. Never returns before the end of the process.
 */
export async function runApp<Env extends RunEnv>(
  options: AppOptions<Env>,
  start: (app: App<Env>) => Promise<void>,
): Promise<void> {
  const { service } = options;
  const env = parseOrExit(options);
  const logger = createLogger({ service, level: env.LOG_LEVEL, secrets: secretsIn(options.env) });
  const parts = createParts(logger);
  const { SHUTDOWN_TIMEOUT_MS: timeoutMs } = env;
  const shutdown = untilShutdown({ timeoutMs, logger, pending: parts.pending });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  let code = 0;
  try {
    const started = start({ env, logger, registry, parts, shutdown });
    // Once the process stops, a start that fails because of it is no news.
    started.catch(() => {});
    await Promise.race([started, shutdown.requested]);
    if (!shutdown.stopping.aborted) logger.info("started", { pid: process.pid });
    await shutdown.requested;
  } catch (error) {
    logger.error("cannot start", { error });
    code = 1;
    // No signal has set a deadline, yet the parts that did come up must not keep a dead start alive.
    setTimeout(() => process.exit(1), timeoutMs).unref();
  }
  try {
    await parts[Symbol.asyncDispose]();
  } catch {
    // Every part that failed was logged by name.
    code = 1;
  }
  logger.info("stopped", { code });
  await logger.flush();
  process.exit(code);
}

function parseOrExit<Env extends RunEnv>({ service, schema, env }: AppOptions<Env>): Env {
  try {
    return parseEnv(schema, env);
  } catch (error) {
    const lines = error instanceof Error ? error.message.split("\n") : [String(error)];
    const text = [`${service} cannot start, its environment needs mending:`, ...lines].join("\n  ");
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}
