import { APPS, type AppName } from "@mutt/stack";
import { importRules } from "@mutt/store";
import { type Pipeline, type SpawnedApp, startPipeline, TEST_KEYS } from "@mutt/testkit";
import { startBenchRedis } from "./redis.ts";
import { createRules } from "./rules.ts";
import type { Destination, System } from "./system.ts";

/** Everything is on; limits that would stop a load on purpose are out of its reach. */
const ENV = {
  INGEST_MAX_RATE: "1000000000",
  MOOG_RATE_LIMIT: "0",
  ALERTER_QUEUE_WARN_THRESHOLD: "10000000",
  ALERTER_QUEUE_SHED_THRESHOLD: "20000000",
};

const WARM_UP_EVENTS = 16_000;

/** MUTT with its parts within reach, for whoever wants to start an app in a way of its own. */
export interface MuttSystem extends System {
  pipeline: Pipeline;
}

/**
 * Starts the apps of MUTT, all unless told otherwise, with 1,000 rules; `own` has further variables of single
 * apps.
 */
export async function startMutt(
  destination: Destination,
  apps: readonly AppName[] = APPS,
  own: Partial<Record<AppName, Record<string, string>>> = {},
): Promise<MuttSystem> {
  await using rollback = new AsyncDisposableStack();
  const redis = rollback.use(await startBenchRedis());
  const pipeline = rollback.use(
    await startPipeline({
      testName: "bench",
      redis,
      apps: apps.filter((name) => own[name] === undefined),
      env: {
        ...ENV,
        MOOG_WEBHOOK_URL: destination.webhookUrl,
        MOOG_HEALTH_URL: destination.healthUrl,
      },
      prepare: async ({ prefix }) => {
        const file = { rules: createRules(), dev_hosts: [], teams: [] };
        await importRules({ redis: redis.client(), prefix }, file, { actor: "bench" });
      },
    }),
  );
  for (const name of apps) if (own[name]) await pipeline.spawn(name, own[name]);
  const parts = rollback.move();
  const running = apps.map((name) => pipeline.app(name));
  return {
    name: apps.includes("forwarder") ? "mutt" : "mutt-ingestor",
    url: ingestUrlOf(running),
    headers: { "x-api-key": TEST_KEYS.ingest },
    shape: "event",
    processes: [
      ...running.map(({ name, pid }) => ({ name, pid })),
      { name: "redis", pid: redis.pid() },
    ],
    delivers: apps.includes("forwarder"),
    warmUpEvents: WARM_UP_EVENTS,
    pipeline,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function ingestUrlOf(apps: readonly SpawnedApp[]): string {
  const ingestor = apps.find(({ name }) => name === "ingestor");
  return `${ingestor?.url}/api/v1/ingest`;
}
