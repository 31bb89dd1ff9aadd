import { type Child, startChild } from "../processes/child.ts";
import { startBenchRedis } from "./redis.ts";
import type { Destination, System } from "./system.ts";

const SERVER = new URL("../peers/queue-server.ts", import.meta.url);
const FIRST_WORKER = new URL("../peers/first-worker.ts", import.meta.url);
const SECOND_WORKER = new URL("../peers/second-worker.ts", import.meta.url);

/** As many as MUTT gets; the two hops take longer for them and get no more than they do in that time. */
const WARM_UP_EVENTS = 16_000;

/** Starts the bare ingest server: Express and `queue.add`, and nobody takes the jobs. */
export async function startBareServer(): Promise<System> {
  await using rollback = new AsyncDisposableStack();
  const redis = rollback.use(await startBenchRedis());
  const server = rollback.use(await startServer(redis.url));
  const parts = rollback.move();
  return {
    ...serverSystem(server),
    name: "bare-server",
    processes: [
      { name: "server", pid: server.pid },
      { name: "redis", pid: redis.pid() },
    ],
    delivers: false,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Starts the bare two-hop pipeline: the same server, a worker that passes on, a worker that posts. */
export async function startTwoHop({ webhookUrl }: Destination): Promise<System> {
  await using rollback = new AsyncDisposableStack();
  const redis = rollback.use(await startBenchRedis());
  const env = { REDIS_URL: redis.url, WEBHOOK_URL: webhookUrl };
  const [server, first, second] = await Promise.all([
    startServer(redis.url),
    startChild<undefined>(FIRST_WORKER, env),
    startChild<undefined>(SECOND_WORKER, env),
  ]);
  for (const child of [server, first, second]) rollback.use(child);
  const parts = rollback.move();
  return {
    ...serverSystem(server),
    name: "two-hop",
    processes: [
      { name: "server", pid: server.pid },
      { name: "first worker", pid: first.pid },
      { name: "second worker", pid: second.pid },
      { name: "redis", pid: redis.pid() },
    ],
    delivers: true,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

type QueueServer = Child<{ url: string }>;

function startServer(redisUrl: string): Promise<QueueServer> {
  return startChild<{ url: string }>(SERVER, { REDIS_URL: redisUrl });
}

function serverSystem(
  server: QueueServer,
): Pick<System, "urls" | "headers" | "shape" | "warmUpEvents"> {
  return { urls: [server.ready.url], headers: {}, shape: "event", warmUpEvents: WARM_UP_EVENTS };
}
