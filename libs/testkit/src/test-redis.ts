import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureRedisServer, type PrivateRedis, startPrivateRedis } from "@mutt/private-redis";
import { Redis, type RedisOptions } from "ioredis";
import { endWithTest } from "./end-with-test.ts";
import { freePort } from "./free-port.ts";

/** How a test's Redis is started. */
export type TestRedisOptions = {
  /** When its append-only file reaches the disk; `off` (default): it keeps nothing. */
  appendfsync?: "always" | "everysec" | "no" | "off";
  /** Default no limit. */
  maxmemory?: string;
};

/** Options of a connection that differ from a patient one. */
type ClientOptions = Pick<
  RedisOptions,
  "commandTimeout" | "enableOfflineQueue" | "maxRetriesPerRequest" | "retryStrategy"
>;

/** A Redis for a test, with whatever a test does to it. */
export type TestRedis = AsyncDisposable & {
  url: string;
  port: number;
  /** The process that runs now; throws when none does. */
  pid(): number;
  /** A connection that is closed together with the server. */
  client(options?: ClientOptions): Redis;
  /** Kills it as a crash would, and waits until it is gone. */
  kill9(): Promise<void>;
  /** Starts it again after `kill9`, on the same port and data. */
  start(): Promise<void>;
  /** Stops it from answering while its connections stay open, and lets it go on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

const PASSWORD = "test-redis-password";

/** Starts a private Redis in a directory of its own; both are gone once it is disposed of. */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const { command } = await ensureRedisServer({ log: () => {} });
  const dir = await mkdtemp(join(tmpdir(), "mutt-test-redis-"));
  const port = await freePort();
  const clients: Redis[] = [];
  let running: PrivateRedis | undefined;

  const start = async (): Promise<void> => {
    running = await startPrivateRedis({
      dir,
      port,
      command,
      password: PASSWORD,
      maxmemory: options.maxmemory ?? "0",
      appendfsync: options.appendfsync ?? "off",
      logFile: join(dir, "redis.log"),
    });
    const callOff = endWithTest(running.pid);
    void running.exited.then(callOff);
  };
  const stop = async (): Promise<void> => {
    for (const client of clients) client.disconnect();
    // A frozen process cannot end itself.
    running?.kill("SIGCONT");
    await running?.stop();
    await rm(dir, { recursive: true, force: true });
  };
  await start();
  const { url } = current(running);
  return {
    url,
    port,
    pid: () => current(running).pid,
    client: (clientOptions = {}) => {
      const client = new Redis(url, { maxRetriesPerRequest: null, ...clientOptions });
      // Tests kill the server; what matters is what the commands then do.
      client.on("error", () => {});
      clients.push(client);
      return client;
    },
    kill9: async () => {
      running?.kill("SIGKILL");
      await running?.exited;
      running = undefined;
    },
    start,
    freeze: () => current(running).kill("SIGSTOP"),
    thaw: () => current(running).kill("SIGCONT"),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function current(redis: PrivateRedis | undefined): PrivateRedis {
  if (!redis) throw new Error("this test Redis does not run: start it first");
  return redis;
}
