// Entry point: read the environment, build the parts, run until a signal, stop the parts in reverse order.
import { openKeyring, parseIngestKeys } from "@mutt/api-keys";
import { startDynamicConfig } from "@mutt/dynamic-config";
import { startMinuteRecorder } from "@mutt/minute-history";
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
  processName,
  runApp,
  startHttpServer,
  VERSION,
} from "@mutt/service";
import { startTracing, tracingSettings } from "@mutt/tracing";
import { IngestorEnv } from "./config.ts";
import { startIngestor } from "./ingestor.ts";

await runApp(
  { service: "ingestor", schema: IngestorEnv, env: process.env },
  async ({ env, logger, registry, parts, shutdown }) => {
    const prefix = env.QUEUE_PREFIX;
    const address = redisSettings(env);
    const onError = createConnectionErrorLog(logger);
    const redis = connectFailFast(address, onError);
    parts.defer("redis", () => disconnect(redis));
    const keyring = parts.use(
      "api keys",
      await openKeyring({
        variable: "INGEST_API_KEYS",
        keys: env.INGEST_API_KEYS,
        file: env.INGEST_API_KEYS_FILE,
        parse: parseIngestKeys,
        logger,
      }),
    );
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
    const recorder = parts.use(
      "minute recorder",
      startMinuteRecorder({ redis, prefix, app: "ingestor", logger }),
    );
    const tracing = await startTracing({
      settings: tracingSettings(env),
      service: "ingestor",
      version: VERSION,
      instance: processName(),
      logger,
      giveBack: shutdown.giveBack,
    });
    if (tracing) parts.use("tracing", tracing);
    const ingestor = parts.use(
      "ingestor",
      startIngestor({
        redis,
        queues: { connection: failFastOptions(address), prefix, onError },
        limits: () => ({
          maxRate: config.get("ingest_max_rate"),
          windowMs: config.get("ingest_rate_window") * 1000,
          maxQueued: config.get("max_ingest_queue_size"),
        }),
        identify: (headers) => keyring.identify(headers)?.name,
        registry,
        recorder,
        tracing,
        logger,
      }),
    );
    const app = createHttpApp({
      ops: {
        registry,
        ready: [shutdown.check, { name: "redis", check: () => redisProblem(redis) }],
      },
      routes: ingestor.routes,
      logger,
    });
    parts.use(
      "http server",
      await startHttpServer({
        app,
        host: env.HOST,
        port: env.INGESTOR_PORT,
        portVariable: "INGESTOR_PORT",
      }),
    );
  },
);
