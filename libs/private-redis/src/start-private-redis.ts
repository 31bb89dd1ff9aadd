import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findRedisServer } from "./find-redis-server.ts";
import { freeLoopbackPort, isPortFree } from "./loopback-ports.ts";
import { configText, type RedisSettings } from "./redis-config.ts";
import { askRedis, RedisReplyError } from "./resp.ts";
import { syncEverySecond } from "./sync-every-second.ts";

/** What a private Redis is started with. */
export type PrivateRedisOptions = RedisSettings & {
  /** Loopback port; a free one when it is not given. */
  port?: number;
  /** File its log is appended to. */
  logFile: string;
  /** The server program; found on the PATH when it is not given. */
  command?: string;
  /** How long it may take to answer, loading its data included. Default 120 s. */
  startTimeoutMs?: number;
  /** Told of the process as soon as there is one, long before it answers. */
  onSpawn?: (pid: number) => void;
  /** Told when its file cannot be brought to the disk; with `everysec` only. */
  onSyncProblem?: (error: Error) => void;
};

/** A running private Redis. */
export type PrivateRedis = AsyncDisposable & {
  /** `redis://:<password>@127.0.0.1:<port>` */
  url: string;
  port: number;
  pid: number;
  /** Resolves when the process has ended, whoever ended it. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Asks it to save and end; kills it when it has not within `timeoutMs` (default 10 s). */
  stop(options?: { timeoutMs?: number }): Promise<void>;
  /** Sends it a signal and does not wait. */
  kill(signal: NodeJS.Signals): void;
};

/**
 * Starts a Redis of our own on the loopback address, in a process group of its own so that a Ctrl-C
 * in the terminal does not reach it, and waits until it answers. The password goes through a config
 * file of mode 0600, never through the process list. Started again on the same `dir` it has its data
 * back. Throws when the port is taken, the program is missing, or it does not come up in time.
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  if (options.port !== undefined) return startOn(options.port, options);
  // Between the look for a free port and its use, another process may take it: try others.
  for (let attemptsLeft = 3; ; attemptsLeft -= 1) {
    const port = await freeLoopbackPort();
    try {
      return await startOn(port, options);
    } catch (error) {
      if (attemptsLeft === 0 || (await isPortFree(port))) throw error;
    }
  }
}

async function startOn(port: number, options: PrivateRedisOptions): Promise<PrivateRedis> {
  if (!(await isPortFree(port))) {
    throw new Error(`Port ${port} on 127.0.0.1 is in use: the private Redis needs another one.`);
  }
  const command = options.command ?? (await findRedisServer())?.command;
  if (command === undefined) throw new Error("No redis-server or valkey-server on the PATH.");

  const child = await launch(command, port, options);
  const { promise: exited, resolve: onExit } = Promise.withResolvers<{
    code: number | null;
    signal: NodeJS.Signals | null;
  }>();
  child.once("exit", (code, signal) => onExit({ code, signal }));
  const redis = createHandle(child, exited, port, options);
  if (options.appendfsync === "everysec") {
    const ended = new AbortController();
    void exited.then(() => ended.abort());
    void syncEverySecond(options.dir, ended.signal, options.onSyncProblem ?? (() => {}));
  }
  try {
    await untilAnswering(redis, options);
  } catch (error) {
    await redis.stop({ timeoutMs: 2_000 });
    throw error;
  }
  return redis;
}

async function launch(
  command: string,
  port: number,
  options: PrivateRedisOptions,
): Promise<ChildProcess> {
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const configFile = join(dir, "redis.conf");
  // An older file keeps its mode when it is written over: take it away first.
  await rm(configFile, { force: true });
  await writeFile(configFile, configText(port, { ...options, dir }), { mode: 0o600 });

  const log = await open(options.logFile, "a", 0o600);
  try {
    const child = spawn(command, [configFile], {
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    await new Promise<void>((started, failed) => {
      child.once("spawn", started);
      child.once("error", failed);
    });
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    return child;
  } finally {
    await log.close();
  }
}

function createHandle(
  child: ChildProcess,
  exited: PrivateRedis["exited"],
  port: number,
  options: PrivateRedisOptions,
): PrivateRedis {
  const kill = (signal: NodeJS.Signals): void => {
    // Node knows of the exit before the pid can be given to another process.
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };
  const stop = async ({ timeoutMs = 10_000 } = {}): Promise<void> => {
    kill("SIGTERM");
    const deadline = setTimeout(() => kill("SIGKILL"), timeoutMs);
    await exited;
    clearTimeout(deadline);
  };
  return {
    url: `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    exited,
    stop,
    kill,
    [Symbol.asyncDispose]: () => stop(),
  };
}

/** Waits until this very process answers on the port; throws when it ends or time is up. */
async function untilAnswering(redis: PrivateRedis, options: PrivateRedisOptions): Promise<void> {
  const { password, startTimeoutMs = 120_000 } = options;
  const deadline = Date.now() + startTimeoutMs;
  const ended = redis.exited.then(() => "ended" as const);
  let problem = "it never listened";
  while (Date.now() < deadline) {
    const answer = await Promise.race([askPid(redis.port, password), ended]);
    if (answer === "ended") {
      throw new Error(`The private Redis ended at once: ${await lastLogLine(options.logFile)}`);
    }
    if (answer.pid === redis.pid) return;
    problem = answer.problem;
    await Promise.race([sleep(25), ended]);
  }
  throw new Error(`The private Redis is not ready after ${startTimeoutMs} ms: ${problem}`);
}

async function askPid(port: number, password: string): Promise<{ pid: number; problem: string }> {
  try {
    // PING is refused while data is loading, INFO is not: only both together mean ready.
    await askRedis({ port, password, command: ["PING"], timeoutMs: 2_000 });
    const info = await askRedis({ port, password, command: ["INFO", "server"], timeoutMs: 2_000 });
    const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1]);
    return { pid, problem: `process ${pid} answers on port ${port} instead` };
  } catch (error) {
    const kind = error instanceof RedisReplyError ? "it answers" : "no answer";
    return { pid: 0, problem: `${kind}: ${(error as Error).message}` };
  }
}

async function lastLogLine(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  const lines = text.trim().split("\n");
  return `${lines.at(-1) ?? ""} (see ${logFile})`;
}
