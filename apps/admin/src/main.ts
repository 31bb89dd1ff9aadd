// Entry point: read the environment, build the parts, run until a signal, stop the parts in reverse order.
import { openKeyring, parseAdminKeys } from "@mutt/api-keys";
import {
  connectFailFast,
  createConnectionErrorLog,
  disconnect,
  failFastOptions,
  redisProblem,
  redisSettings,
} from "@mutt/redis";
import { createHttpApp, runApp, startHttpServer } from "@mutt/service";
import { AdminEnv } from "./config.ts";
import { startQueueMetrics } from "./queue-metrics.ts";

await runApp(
  { service: "admin", schema: AdminEnv, env: process.env },
  async ({ env, logger, registry, parts, shutdown }) => {
    const address = redisSettings(env);
    const onError = createConnectionErrorLog(logger);
    const redis = connectFailFast(address, onError);
    parts.defer("redis", () => disconnect(redis));
    // Refuses to start without keys, like every app that people or senders reach.
    parts.use(
      "api keys",
      await openKeyring({
        variable: "ADMIN_API_KEYS",
        keys: env.ADMIN_API_KEYS,
        file: env.ADMIN_API_KEYS_FILE,
        parse: parseAdminKeys,
        logger,
      }),
    );
    const queues = { connection: failFastOptions(address), prefix: env.QUEUE_PREFIX, onError };
    parts.use("queue metrics", startQueueMetrics(queues, registry));
    const app = createHttpApp({
      ops: {
        registry,
        ready: [shutdown.check, { name: "redis", check: () => redisProblem(redis) }],
      },
      logger,
    });
    parts.use(
      "http server",
      await startHttpServer({
        app,
        host: env.HOST,
        port: env.ADMIN_PORT,
        portVariable: "ADMIN_PORT",
      }),
    );
  },
);
