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
import { startAlerter } from "./alerter.ts";
import { AlerterEnv } from "./config.ts";
import { createMetrics } from "./metrics.ts";
import { recordCounts } from "./record-counts.ts";
import { startRuleCache } from "./rule-cache.ts";

await runApp(
  { service: "alerter", schema: AlerterEnv, env: process.env },
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
    const rules = parts.use(
      "rules",
      startRuleCache({
        redis,
        prefix,
        logger,
        reloadIntervalSeconds: () => config.get("cache_reload_interval"),
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
          { name: "rules", check: () => (rules.current() ? undefined : "no rules loaded yet") },
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
        port: env.ALERTER_PORT,
        portVariable: "ALERTER_PORT",
      }),
    );
    const recorder = parts.use(
      "minute recorder",
      startMinuteRecorder({ redis, prefix, app: "alerter", logger }),
    );
    const ledger = parts.use("ledger", createLedgerWriter(redis, prefix, logger));
    const tracing = await startTracing({
      settings: tracingSettings(env),
      service: "alerter",
      version: VERSION,
      instance: processName(),
      logger,
      giveBack: shutdown.giveBack,
    });
    if (tracing) parts.use("tracing", tracing);
    const alerter = parts.use(
      "alerter",
      startAlerter({
        queues: { connection: patientOptions(address), prefix, onError },
        redis,
        rules,
        settings: () => ({
          threshold: config.get("unhandled_threshold"),
          expirySeconds: config.get("unhandled_expiry_seconds"),
          defaultTeam: config.get("unhandled_default_team"),
          maxRetries: config.get("alerter_max_retries"),
          batchMax: config.get("moog_batch_max"),
          mode: config.get("alerter_shed_mode"),
          sleepMs: config.get("alerter_defer_sleep_ms"),
          maxMs: config.get("alerter_defer_max_ms"),
          maxDefers: config.get("alerter_max_defers"),
        }),
        overloadSettings: () => ({
          warn: config.get("alerter_queue_warn_threshold"),
          shed: config.get("alerter_queue_shed_threshold"),
          maxAgeSeconds: config.get("alerter_queue_max_age"),
          mode: config.get("alerter_shed_mode"),
          policy: config.get("alerter_shed_policy"),
        }),
        metrics: recordCounts(
          createMetrics(registry, () => rules.current()?.size ?? 0),
          recorder,
          ledger,
        ),
        ledger,
        storiesKept: () => config.get("alert_story_max"),
        tracing,
        logger,
        giveBack: shutdown.giveBack,
        worker: processName(),
        version: VERSION,
      }),
    );
    isRunning = alerter.isRunning;
  },
);
