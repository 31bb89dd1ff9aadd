import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AppName,
  endWithin,
  ensureConsole,
  launch,
  mainFileOf,
  PORT_VARIABLES,
  parseSamples,
  type Running,
  type Sample,
  waitReady,
} from "@mutt/stack";
import { endWithTest } from "./end-with-test.ts";
import { freePort } from "./free-port.ts";

/** What an app is spawned with. */
export type SpawnAppOptions = {
  /** The app's whole environment, beside PATH, HOST and a free port. */
  env: Record<string, string>;
};

/** An app that runs as a process of its own. */
export type SpawnedApp = AsyncDisposable & {
  name: AppName;
  pid: number;
  url: string;
  exited: Running["exited"];
  /** Everything it has written so far. */
  logs(): string;
  /** Waits until `/readyz` answers 200; on failure the error holds the end of the log. */
  waitReady(timeoutMs?: number): Promise<void>;
  /** The samples of `/metrics`. */
  metrics(): Promise<Sample[]>;
  /** The sum of the samples of one metric that have all the given labels. */
  metric(name: string, labels?: Record<string, string>): Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to stop and gives how it ended; kills it after `graceMs` (default 30 s). */
  stop(options?: { graceMs?: number }): Promise<Awaited<Running["exited"]>>;
  /** Kills it as a crash would, and waits until it is gone. */
  kill9(): Promise<void>;
};

const BASE_ENV = {
  PATH: "/usr/bin:/bin",
  HOST: "127.0.0.1",
  // Half of an app's start is compiling; the second start of the same code is spared that.
  NODE_COMPILE_CACHE: join(tmpdir(), "mutt-test-compile-cache"),
};

/** Starts one real app; it is not yet ready. */
export async function spawnApp(name: AppName, options: SpawnAppOptions): Promise<SpawnedApp> {
  const portVariable = PORT_VARIABLES[name];
  const port = options.env[portVariable] ?? String(await freePort());
  if (name === "admin") await ensureConsole();
  const dir = await mkdtemp(join(tmpdir(), `mutt-test-${name}-`));
  const logFile = join(dir, `${name}.log`);
  const running = await launch({
    mainFile: mainFileOf(name),
    logFile,
    env: { ...BASE_ENV, ...options.env, [portVariable]: port },
  });
  const callOff = endWithTest(running.pid);
  void running.exited.then(callOff);

  const url = `http://127.0.0.1:${port}`;
  let lastLog = "";
  const logs = (): string => {
    lastLog = readLog(logFile) ?? lastLog;
    return lastLog;
  };
  const stop = async ({ graceMs = 30_000 } = {}): Promise<Awaited<Running["exited"]>> => {
    const { kill, exited } = running;
    // A frozen process cannot end itself.
    kill("SIGCONT");
    await endWithin({ name, log: () => {}, kill, ended: exited }, { graceMs });
    return exited;
  };
  const metrics = async (): Promise<Sample[]> => {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
    return parseSamples(await response.text());
  };
  return {
    name,
    pid: running.pid,
    url,
    exited: running.exited,
    logs,
    waitReady: async (timeoutMs = 30_000) => {
      try {
        await waitReady(url, { running, timeoutMs });
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}\n${logs().slice(-4_000)}`);
      }
    },
    metrics,
    metric: async (metric, labels = {}) => sum(await metrics(), metric, labels),
    signal: running.kill,
    stop,
    kill9: async () => {
      running.kill("SIGKILL");
      await running.exited;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      // Still to be had for whoever explains a failure.
      logs();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function sum(samples: readonly Sample[], metric: string, labels: Record<string, string>): number {
  return samples
    .filter(({ name }) => name === metric)
    .filter((sample) =>
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((total, { value }) => total + value, 0);
}

function readLog(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The directory goes with the app; the last reading stays.
    return undefined;
  }
}
