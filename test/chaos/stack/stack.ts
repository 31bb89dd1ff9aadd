import { type Receiver, startReceiver } from "@mutt/receiver";
import { APPS } from "@mutt/stack";
import { importRules } from "@mutt/store";
import { startTestRedis, TEST_KEYS, type TestRedis, uniquePrefix } from "@mutt/testkit";
import type { Redis } from "ioredis";
import type { LinkName } from "../faults/fault.ts";
import { startTcpProxy, type TcpProxy } from "../faults/proxy.ts";
import { createRandom } from "../random.ts";
import { createProcesses, type Processes } from "./processes.ts";
import { ENVIRONMENT, MAX_MEMORY_BYTES, RULES } from "./settings.ts";

/** The whole pipeline as processes of their own, with something between all of them that can break. */
export interface Stack extends AsyncDisposable {
  prefix: string;
  redis: TestRedis;
  /** A connection that goes past the proxies; its commands wait while Redis is away. */
  client: Redis;
  receiver: Receiver;
  links: ReadonlyMap<LinkName, TcpProxy>;
  processes: Processes;
  /** Base URLs of the ingestors that run. */
  ingestors(): string[];
  /** Calls the admin app with an admin's key; throws when it does not answer with a 2xx. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** How long the admin app may take for an answer, in milliseconds. */
const ADMIN_MS = 5000;

/** How long all apps may take to get ready, in milliseconds: a machine that others use, too. */
const READY_MS = 90_000;

/**
 * Starts Redis (append-only file, `appendfsync always`: what was answered survives any kill), the receiver, a proxy for each
 * connection, and the apps; resolves when all are ready.
 */
export async function startStack(seed: number): Promise<Stack> {
  await using rollback = new AsyncDisposableStack();
  const maxmemory = String(MAX_MEMORY_BYTES);
  const redis = rollback.use(await startTestRedis({ appendfsync: "always", maxmemory }));
  const client = redis.client();
  // Says in the file when something was written, to the second: for whoever has to explain a loss.
  await client.config("SET", "aof-timestamp-enabled", "yes");
  const receiver = rollback.use(await startReceiver({ apiKey: TEST_KEYS.moog }));
  const links = await startLinks(seed, { redis, receiver }, rollback);
  const prefix = uniquePrefix(`chaos-${seed}`);
  await importRules({ redis: client, prefix }, RULES, { actor: "chaos" });

  const portOf = (name: LinkName): number => links.get(name)?.port ?? 0;
  const webhook = `http://127.0.0.1:${portOf("webhook")}`;
  const processes = rollback.use(
    createProcesses((app) => ({
      ...ENVIRONMENT,
      REDIS_URL: redis.url.replace(`:${redis.port}`, `:${portOf(`redis:${app}`)}`),
      QUEUE_PREFIX: prefix,
      MOOG_WEBHOOK_URL: `${webhook}/webhook`,
      MOOG_HEALTH_URL: `${webhook}/health`,
    })),
  );
  await Promise.all(APPS.map((app) => processes.start(app)));
  await processes.untilReady(READY_MS);
  const parts = rollback.move();
  return {
    prefix,
    redis,
    client,
    receiver,
    links,
    processes,
    ingestors: () => processes.running("ingestor").map(({ url }) => url),
    admin: (method, path, body) => callAdmin(processes, { method, path, body }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function startLinks(
  seed: number,
  { redis, receiver }: Pick<Stack, "redis" | "receiver">,
  rollback: AsyncDisposableStack,
): Promise<Map<LinkName, TcpProxy>> {
  const random = createRandom(`links ${seed}`);
  const links = new Map<LinkName, TcpProxy>();
  for (const app of APPS) {
    const { next } = random.fork(app);
    links.set(`redis:${app}`, rollback.use(await startTcpProxy(redis.port, next)));
  }
  const { next } = random.fork("webhook");
  links.set("webhook", rollback.use(await startTcpProxy(receiver.port, next)));
  return links;
}

async function callAdmin(
  processes: Processes,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<unknown> {
  const [admin] = processes.running("admin");
  if (admin === undefined) throw new Error("the admin app does not run");
  const response = await fetch(`${admin.url}${path}`, {
    method,
    headers: { "x-api-key": TEST_KEYS.admin, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ADMIN_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  return text === "" ? undefined : JSON.parse(text);
}
