// Entry point: read the environment, build the parts, run until a signal, stop the parts in reverse order.
import {
  connectPatient,
  createConnectionErrorLog,
  disconnect,
  failFastOptions,
  patientOptions,
  redisProblem,
  redisSettings,
} from "@mutt/redis";
import { createHttpApp, runApp, startHttpServer } from "@mutt/service";
import { RemediationEnv } from "./config.ts";
import { startParking } from "./parking.ts";

await runApp(
  { service: "remediation", schema: RemediationEnv, env: process.env },
  async ({ env, logger, registry, parts, shutdown }) => {
    const address = redisSettings(env);
    const onError = createConnectionErrorLog(logger);
    const redis = connectPatient(address, onError);
    parts.defer("redis", () => disconnect(redis));
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
        port: env.REMEDIATION_PORT,
        portVariable: "REMEDIATION_PORT",
      }),
    );
    const queues = { connection: patientOptions(address), prefix: env.QUEUE_PREFIX, onError };
    const readers = { ...queues, connection: failFastOptions(address) };
    parts.use("parking", startParking({ queues, readers, registry, giveBack: shutdown.giveBack }));
  },
);
