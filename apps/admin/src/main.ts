// Entry point: read the environment, build the parts, run until a signal, stop the parts in reverse order.
import { openKeyring, parseAdminKeys } from "@mutt/api-keys";
import { startDynamicConfig } from "@mutt/dynamic-config";
import { createLedgerWriter } from "@mutt/queues";
import {
  connectFailFast,
  createConnectionErrorLog,
  disconnect,
  failFastOptions,
  redisProblem,
  redisSettings,
} from "@mutt/redis";
import {
  createHttpApp,
  createInvalidSettingCounter,
  runApp,
  secretsIn,
  startHttpServer,
} from "@mutt/service";
import { createAdminRoutes } from "./admin.ts";
import { startAuditRetention } from "./audit-retention.ts";
import { underBasePath } from "./base-path.ts";
import { AdminEnv } from "./config.ts";
import { startHistorySampler } from "./history-sampler.ts";
import { registerLedgerMetric } from "./ledger-metric.ts";
import { openQueues } from "./open-queues.ts";
import { registerQueueMetrics } from "./queue-metrics.ts";
import { prometheusOptions } from "./slo/env.ts";
import { startSlo } from "./slo/start-slo.ts";

await runApp(
  { service: "admin", schema: AdminEnv, env: process.env },
  async ({ env, logger, registry, parts, shutdown }) => {
    const address = redisSettings(env);
    const onError = createConnectionErrorLog(logger);
    const redis = connectFailFast(address, onError);
    parts.defer("redis", () => disconnect(redis));
    // Refuses to start without keys, like every app that people or senders reach.
    const keyring = parts.use(
      "api keys",
      await openKeyring({
        variable: "ADMIN_API_KEYS",
        keys: env.ADMIN_API_KEYS,
        file: env.ADMIN_API_KEYS_FILE,
        parse: parseAdminKeys,
        logger,
      }),
    );
    const prefix = env.QUEUE_PREFIX;
    const config = parts.use(
      "configuration",
      await startDynamicConfig({
        redis,
        prefix,
        env: process.env,
        logger,
        onInvalid: createInvalidSettingCounter(registry),
      }),
    );
    const connection = { connection: failFastOptions(address), prefix, onError };
    const { queues } = parts.use("queues", openQueues(connection));
    registerQueueMetrics(queues, registry);
    registerLedgerMetric({ redis, prefix }, registry);
    const ledger = parts.use("ledger", createLedgerWriter(redis, prefix, logger));
    parts.use("history sampler", startHistorySampler({ redis, queues: connection, logger }));
    parts.use("audit retention", startAuditRetention({ redis, prefix, config, logger }));
    const prometheus = prometheusOptions(env);
    const slo = parts.use(
      "slo checker",
      startSlo({ redis, prefix, config, prometheus, registry, logger }),
    );
    const app = createHttpApp({
      ops: {
        registry,
        ready: [shutdown.check, { name: "redis", check: () => redisProblem(redis) }],
      },
      routes: createAdminRoutes({
        redis,
        prefix,
        env: process.env,
        config,
        queues,
        ledger,
        keyring,
        basePath: env.ADMIN_BASE_PATH,
        environment: env.ENVIRONMENT_LABEL,
        consoleDirectory: env.CONSOLE_DIR,
        secrets: secretsIn(process.env),
        slo: slo.routes,
        logger,
      }),
      logger,
    });
    app.set("trust proxy", env.TRUST_PROXY);
    parts.use(
      "http server",
      await startHttpServer({
        app: underBasePath(env.ADMIN_BASE_PATH, app),
        host: env.HOST,
        port: env.ADMIN_PORT,
        portVariable: "ADMIN_PORT",
      }),
    );
  },
);
