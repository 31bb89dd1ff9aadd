// Entry point: read the environment, build the parts, run until a signal, stop the parts in reverse order.
import { startDynamicConfig } from "@mutt/dynamic-config";
import { startMinuteRecorder } from "@mutt/minute-history";
import { createLedgerWriter } from "@mutt/queues";
import {
  connectPatient,
  createConnectionErrorLog,
  disconnect,
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
import { startTracing, tracingSettings } from "@mutt/tracing";
import { ForwarderEnv } from "./config.ts";
import { FORWARDER_CONCURRENCY, startForwarder } from "./forwarder.ts";
import { createMetrics } from "./metrics.ts";
import { startMoogHealthProbe } from "./moog-health.ts";
import { recordCounts } from "./record-counts.ts";
import { openSender } from "./sender.ts";
import { forwarderSettings } from "./settings.ts";

await runApp(
  { service: "forwarder", schema: ForwarderEnv, env: process.env },
  async ({ env, logger, registry, parts, shutdown }) => {
    const prefix = env.QUEUE_PREFIX;
    const address = redisSettings(env);
    const onError = createConnectionErrorLog(logger);
    const redis = connectPatient(address, onError);
    parts.defer("redis", () => disconnect(redis));
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
    const sender = parts.use(
      "sender",
      openSender({
        url: env.MOOG_WEBHOOK_URL,
        apiKey: env.MOOG_API_KEY,
        timeoutMs: env.MOOG_TIMEOUT_MS,
        connections: FORWARDER_CONCURRENCY,
        signal: shutdown.giveBack,
      }),
    );
    // The probes are served before the work begins, and until it has ended.
    let isRunning = (): boolean => false;
    const app = createHttpApp({
      ops: {
        registry,
        ready: [
          shutdown.check,
          { name: "redis", check: () => redisProblem(redis) },
          { name: "worker", check: () => (isRunning() ? undefined : "the worker does not run") },
        ],
      },
      logger,
    });
    parts.use(
      "http server",
      await startHttpServer({
        app,
        host: env.HOST,
        port: env.FORWARDER_PORT,
        portVariable: "FORWARDER_PORT",
      }),
    );
    const recorder = parts.use(
      "minute recorder",
      startMinuteRecorder({ redis, prefix, app: "forwarder", logger }),
    );
    const ledger = parts.use("ledger", createLedgerWriter(redis, prefix, logger));
    const metrics = recordCounts(createMetrics(registry), recorder, ledger);
    const tracing = await startTracing({
      settings: tracingSettings(env),
      service: "forwarder",
      version: VERSION,
      instance: processName(),
      logger,
      giveBack: shutdown.giveBack,
    });
    if (tracing) parts.use("tracing", tracing);
    const forwarder = parts.use(
      "forwarder",
      startForwarder({
        queues: { connection: patientOptions(address), prefix, onError },
        redis,
        sender,
        webhookUrl: new URL(env.MOOG_WEBHOOK_URL),
        settings: () => forwarderSettings(config.get),
        metrics,
        storiesKept: () => config.get("alert_story_max"),
        tracing,
        logger,
        giveBack: shutdown.giveBack,
        requestTimeoutMs: env.MOOG_TIMEOUT_MS,
        worker: processName(),
        version: VERSION,
      }),
    );
    isRunning = forwarder.isRunning;
    config.onChange(forwarder.applyRateLimit);
    if (env.MOOG_HEALTH_URL) {
      const probed = { url: env.MOOG_HEALTH_URL, apiKey: env.MOOG_API_KEY };
      const probe = startMoogHealthProbe({ ...probed, redis, prefix, metrics, logger });
      parts.use("health probe", probe);
    }
  },
);
