// Entry point: read the environment, build the parts, run until a signal, stop the parts in reverse order.
import { startDynamicConfig } from "@mutt/dynamic-config";
import { closeQueue, createLedgerWriter, DEAD_LETTER_QUEUES, openQueue } from "@mutt/queues";
import {
  connectFailFast,
  connectPatient,
  createConnectionErrorLog,
  disconnect,
  failFastOptions,
  patientOptions,
  redisProblem,
  redisSettings,
} from "@mutt/redis";
import {
  createHttpApp,
  createInvalidSettingCounter,
  processName,
  runApp,
  startHttpServer,
  VERSION,
} from "@mutt/service";
import { RemediationEnv } from "./config.ts";
import { createMetrics } from "./metrics.ts";
import { startRemediation } from "./remediation.ts";

await runApp(
  { service: "remediation", schema: RemediationEnv, env: process.env },
  async ({ env, logger, registry, parts, shutdown }) => {
    const prefix = env.QUEUE_PREFIX;
    const address = redisSettings(env);
    const onError = createConnectionErrorLog(logger);
    const redis = connectPatient(address, onError);
    parts.defer("redis", () => disconnect(redis));
    // Whoever scrapes does not wait for Redis as long as the workers do.
    const reader = connectFailFast(address, onError);
    parts.defer("redis reader", () => disconnect(reader));
    const config = parts.use(
      "configuration",
      await startDynamicConfig({
        redis: reader,
        prefix,
        env: process.env,
        logger,
        onInvalid: createInvalidSettingCounter(registry),
      }),
    );
    const boards = DEAD_LETTER_QUEUES.map((name) =>
      openQueue(name, { connection: failFastOptions(address), prefix, onError }),
    );
    parts.defer("queue readers", () => Promise.all(boards.map(closeQueue)));
    const metrics = createMetrics(registry, {
      redis: reader,
      prefix,
      queues: boards,
      retentionDays: () => config.get("dlq_retention_days"),
    });
    // The probes are served before the work begins, and until it has ended.
    let isRunning = (): boolean => false;
    let problem = (): string | undefined => undefined;
    const app = createHttpApp({
      ops: {
        registry,
        live: [{ name: "replay loop", check: () => problem() }],
        ready: [
          shutdown.check,
          { name: "redis", check: () => redisProblem(redis) },
          { name: "workers", check: () => (isRunning() ? undefined : "the workers do not run") },
        ],
      },
      logger,
    });
    parts.use(
      "http server",
      await startHttpServer({
        app,
        host: env.HOST,
        port: env.REMEDIATION_PORT,
        portVariable: "REMEDIATION_PORT",
      }),
    );
    const remediation = parts.use(
      "remediation",
      startRemediation({
        queues: { connection: patientOptions(address), prefix, onError },
        redis,
        settings: () => ({
          isEnabled: config.get("remediation_enabled"),
          intervalMs: config.get("remediation_interval") * 1000,
          batchSize: config.get("remediation_batch_size"),
          pauseMs: config.get("remediation_pause_ms"),
          maxAgeMs: config.get("remediation_max_age") * 1000,
          maxPoisonRetries: config.get("max_poison_retries"),
          retentionDays: config.get("dlq_retention_days"),
        }),
        metrics,
        ledger: parts.use("ledger", createLedgerWriter(redis, prefix, logger)),
        storiesKept: () => config.get("alert_story_max"),
        logger,
        giveBack: shutdown.giveBack,
        worker: processName(),
        version: VERSION,
      }),
    );
    isRunning = remediation.isRunning;
    problem = remediation.problem;
  },
);
