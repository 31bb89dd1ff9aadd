import { rmSync } from "node:fs";
import {
  ensureRedisServer,
  type PrivateRedis,
  type RedisServer,
  startPrivateRedis,
} from "@mutt/private-redis";
import { RedisEnv, type RedisSettings, redisSettings } from "@mutt/redis";
import { type Environment, parseEnv } from "@mutt/service";
import { type Credentials, saveCredentials } from "./credentials.ts";
import type { Home } from "./home.ts";
import { writePidFile } from "./launch.ts";
import { listenProblem } from "./ports.ts";
import type { Report } from "./report.ts";
import { maxmemoryOf, type Settings } from "./settings.ts";
import { type Stoppable, supervise } from "./supervisor.ts";

/** A private Redis that is kept running. */
export type KeptRedis = { url: string; process: Stoppable };

/**
 * Starts the private Redis of a home, on its last port when that is still free, and keeps it running.
 * Installs the server program when that needs no questions; throws one sentence when it cannot.
 */
export async function startRedisStep(parts: {
  home: Home;
  settings: Settings;
  credentials: Credentials;
  report: Report;
}): Promise<KeptRedis> {
  const { home, settings, credentials, report } = parts;
  const server = await ensureRedisServer({ log: (line) => report.step("redis", line) });

  const pidFile = home.pidFile("redis");
  let hasToldOfSync = false;
  const tellOfSync = (error: Error): void => {
    // It is tried again every second: one line is enough.
    if (!hasToldOfSync)
      report.notice(`redis: its file cannot be brought to the disk: ${error.message}`);
    hasToldOfSync = true;
  };
  const start = async (port: number | undefined): Promise<PrivateRedis> => {
    const redis = await startPrivateRedis({
      dir: home.redisDir,
      password: credentials.redis_password,
      maxmemory: maxmemoryOf(settings),
      appendfsync: settings.APPENDFSYNC,
      logFile: home.logFile("redis"),
      command: server.command,
      onSpawn: (pid) => writePidFile(pidFile, pid),
      onSyncProblem: tellOfSync,
      ...(port !== undefined && { port }),
    });
    void redis.exited.then(() => rmSync(pidFile, { force: true }));
    return redis;
  };
  const redis = await start(await portToReuse(credentials));
  if (redis.port !== credentials.redis_port) {
    await saveCredentials(home.credentialsFile, { ...credentials, redis_port: redis.port });
  }
  report.step("redis", describe(redis, server, settings));
  const process = supervise({
    name: "redis",
    running: redis,
    // The apps know the port: it must be the same one again.
    launch: () => start(redis.port),
    log: report.notice,
  });
  return { url: redis.url, process };
}

/** Connection settings of the Redis that the apps of the stack are told. */
export function redisSettingsFrom(environment: Environment): RedisSettings {
  return redisSettings(parseEnv(RedisEnv, environment));
}

async function portToReuse(credentials: Credentials): Promise<number | undefined> {
  const port = credentials.redis_port;
  if (port === undefined || (await listenProblem(port, "127.0.0.1"))) return undefined;
  return port;
}

function describe(redis: PrivateRedis, server: RedisServer, settings: Settings): string {
  return `${server.command} ${server.version} on 127.0.0.1:${redis.port}, append-only file (${settings.APPENDFSYNC}), at most ${maxmemoryOf(settings)}`;
}
