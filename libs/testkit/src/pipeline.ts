import { type Receiver, startReceiver } from "@mutt/receiver";
import { APPS, type AppName } from "@mutt/stack";
import { type SpawnedApp, spawnApp } from "./spawn-app.ts";
import { TEST_KEYS } from "./test-keys.ts";
import { startTestRedis, type TestRedis } from "./test-redis.ts";
import { uniquePrefix } from "./unique-prefix.ts";

/** What a test pipeline is made of. */
export type PipelineOptions = {
  /** Goes into the queue prefix. */
  testName: string;
  /** Further variables for every app: run-time settings in capitals, shorter timeouts. */
  env?: Record<string, string>;
  /** Default all of them. */
  apps?: readonly AppName[];
  /** A Redis to share; one of its own with an append-only file otherwise. */
  redis?: TestRedis;
  /** Runs when Redis is up and before the first app: rules are put there. */
  prepare?: (pipeline: { redis: TestRedis; prefix: string }) => Promise<void>;
};

/** The real apps as processes, on a real Redis, with a receiver in this process. */
export type Pipeline = AsyncDisposable & {
  redis: TestRedis;
  receiver: Receiver;
  prefix: string;
  /** A running app; throws when the pipeline has none of that name. */
  app(name: AppName): SpawnedApp;
  /** Starts another process of an app, also after one was killed, and waits until it is ready. */
  spawn(name: AppName, env?: Record<string, string>): Promise<SpawnedApp>;
  /** Posts to the ingest API: text as it is, anything else as JSON. */
  ingest(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Calls the admin app with the admin key, or with another one given as header. */
  admin(path: string, init?: RequestInit): Promise<Response>;
};

/** Starts a pipeline and waits until all its apps are ready. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  await using rollback = new AsyncDisposableStack();
  const redis = options.redis ?? rollback.use(await startTestRedis({ appendfsync: "everysec" }));
  const receiver = rollback.use(await startReceiver({ apiKey: TEST_KEYS.moog }));
  const prefix = uniquePrefix(options.testName);
  await options.prepare?.({ redis, prefix });

  const base = { ...environment(redis, receiver, prefix), ...options.env };
  const spawned = new Map<AppName, SpawnedApp>();
  const all: SpawnedApp[] = [];
  rollback.defer(async () => {
    await Promise.all(all.map((app) => app[Symbol.asyncDispose]()));
  });
  const spawn = async (name: AppName, env: Record<string, string> = {}): Promise<SpawnedApp> => {
    const app = await spawnApp(name, { env: { ...base, ...env } });
    all.push(app);
    spawned.set(name, app);
    await app.waitReady(60_000);
    return app;
  };
  // All are awaited even when one fails, so that none is still coming up while the others go down.
  const starts = await Promise.allSettled((options.apps ?? APPS).map((name) => spawn(name)));
  for (const start of starts) if (start.status === "rejected") throw start.reason;

  const app = (name: AppName): SpawnedApp => {
    const found = spawned.get(name);
    if (!found) throw new Error(`this pipeline runs no ${name}`);
    return found;
  };
  const parts = rollback.move();
  return {
    redis,
    receiver,
    prefix,
    app,
    spawn,
    ingest: (body, headers = {}) =>
      fetch(`${app("ingestor").url}/api/v1/ingest`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-api-key": TEST_KEYS.ingest,
          ...headers,
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    admin: (path, init = {}) =>
      fetch(`${app("admin").url}${path}`, {
        ...init,
        headers: { "x-api-key": TEST_KEYS.admin, ...headersOf(init) },
      }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function environment(redis: TestRedis, receiver: Receiver, prefix: string): Record<string, string> {
  return {
    REDIS_URL: redis.url,
    QUEUE_PREFIX: prefix,
    SHUTDOWN_TIMEOUT_MS: "10000",
    INGEST_API_KEYS: `test:${TEST_KEYS.ingest}`,
    ADMIN_API_KEYS: [
      `admin:admin:${TEST_KEYS.admin}`,
      `operator:operator:${TEST_KEYS.operator}`,
      `viewer:viewer:${TEST_KEYS.viewer}`,
    ].join(","),
    MOOG_WEBHOOK_URL: `${receiver.url}/webhook`,
    MOOG_HEALTH_URL: `${receiver.url}/health`,
    MOOG_API_KEY: TEST_KEYS.moog,
  };
}

function headersOf(init: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(init.headers));
}
