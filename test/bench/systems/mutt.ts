import type { RuleDraft } from "@mutt/rules";
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
  /** Every process, where an app runs more than once too. */
  apps: readonly SpawnedApp[];
}

/** How a MUTT differs from the usual one. */
export interface MuttOptions {
  /** An app that is named twice runs twice; all of them once when left out. */
  apps?: readonly AppName[];
  /** Further variables of all apps. */
  env?: Record<string, string>;
  /** Further variables of single apps. */
  own?: Partial<Record<AppName, Record<string, string>>>;
  /** 1,000 that know the faults of the load when left out. */
  rules?: readonly RuleDraft[];
  /** The most memory that its Redis may take, as Redis writes it; no limit when left out. */
  maxmemory?: string;
}

/** Starts the apps of MUTT as processes of their own, on a Redis of their own. */
export async function startMutt(
  destination: Destination,
  options: MuttOptions = {},
): Promise<MuttSystem> {
  const { apps = APPS, own = {}, rules = createRules() } = options;
  await using rollback = new AsyncDisposableStack();
  const redis = rollback.use(await startBenchRedis(options.maxmemory));
  // Those with variables of their own, and those that run once more, are spawned one by one.
  const isPlain = (name: AppName, index: number): boolean =>
    own[name] === undefined && apps.indexOf(name) === index;
  const plain = apps.filter(isPlain);
  const pipeline = rollback.use(
    await startPipeline({
      testName: "bench",
      redis,
      apps: plain,
      env: {
        ...ENV,
        ...options.env,
        MOOG_WEBHOOK_URL: destination.webhookUrl,
        MOOG_HEALTH_URL: destination.healthUrl,
      },
      prepare: async ({ prefix }) => {
        const file = { rules: [...rules], dev_hosts: [], teams: [] };
        await importRules({ redis: redis.client(), prefix }, file, { actor: "bench" });
      },
    }),
  );
  const running = plain.map((name) => pipeline.app(name));
  for (const name of apps.filter((name, index) => !isPlain(name, index))) {
    running.push(await pipeline.spawn(name, own[name]));
  }
  const parts = rollback.move();
  return {
    name: apps.includes("forwarder") ? "mutt" : "mutt-ingestor",
    urls: ingestUrlsOf(running),
    headers: { "x-api-key": TEST_KEYS.ingest },
    shape: "event",
    processes: [
      ...running.map(({ name, pid }) => ({ name, pid })),
      { name: "redis", pid: redis.pid() },
    ],
    delivers: apps.includes("forwarder"),
    warmUpEvents: WARM_UP_EVENTS,
    pipeline,
    apps: running,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/**
 * Starts so many MUTTs beside each other, each with a Redis of its own, as one system: its senders know all addresses
 * and each stays with one. This is how load is spread over several Redis servers.
 */
export async function startShards(
  destination: Destination,
  count: number,
  options: MuttOptions = {},
): Promise<System> {
  await using rollback = new AsyncDisposableStack();
  const shards: MuttSystem[] = [];
  for (let index = 0; index < count; index++) {
    shards.push(rollback.use(await startMutt(destination, options)));
  }
  const [first] = shards;
  if (first === undefined) throw new Error(`${count} shards make no system; start at least one`);
  const parts = rollback.move();
  return {
    ...first,
    urls: shards.flatMap(({ urls }) => urls),
    processes: shards.flatMap(({ processes }) => processes),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function ingestUrlsOf(apps: readonly SpawnedApp[]): string[] {
  return apps.filter(({ name }) => name === "ingestor").map(({ url }) => `${url}/api/v1/ingest`);
}
