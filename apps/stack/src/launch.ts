import { spawn } from "node:child_process";
import { closeSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";

/** How a process ended. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** A process of ours, once it runs. */
export type Running = {
  pid: number;
  exited: Promise<Exit>;
  /** Sends a signal; does nothing once the process has ended. */
  kill(signal: NodeJS.Signals): void;
};

/** What a service is started with. */
export type LaunchOptions = {
  mainFile: string;
  args?: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Standard output and error are appended to it. */
  logFile: string;
  /** Holds the pid from the moment of the spawn to the exit. */
  pidFile?: string;
};

/**
 * Node sizes its heap by the machine, and malloc keeps an arena per thread: an app then holds 350 MiB to do what
 * it does as fast in 180. A container sets the same (NODE_OPTIONS, MALLOC_ARENA_MAX).
 */
const MEMORY_FLAGS = ["--max-semi-space-size=16", "--max-old-space-size=1024"];
const MEMORY_ENV = { MALLOC_ARENA_MAX: "2" };

/** Beyond it the log is set aside as `<name>.log.1` at the next start. */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Starts a service with this Node, in a process group of its own: a Ctrl-C in the terminal reaches the
 * supervisor alone, which then stops things in order. Throws when the process cannot be made.
 */
export async function launch(options: LaunchOptions): Promise<Running> {
  setAsideLargeLog(options.logFile);
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const child = spawn(
      process.execPath,
      [...MEMORY_FLAGS, options.mainFile, ...(options.args ?? [])],
      {
        detached: true,
        env: { ...MEMORY_ENV, ...options.env },
        stdio: ["ignore", log, log],
      },
    );
    const { promise: exited, resolve } = Promise.withResolvers<Exit>();
    child.once("exit", (code, signal) => {
      if (options.pidFile) rmSync(options.pidFile, { force: true });
      resolve({ code, signal });
    });
    const { pid } = child;
    // Synchronous on purpose: a supervisor that is killed right now must still find its child again.
    if (options.pidFile && pid !== undefined) writePidFile(options.pidFile, pid);
    await new Promise<void>((started, failed) => {
      child.once("spawn", started);
      child.once("error", failed);
    });
    return {
      pid: pid ?? 0,
      exited,
      kill: (signal) => {
        if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      },
    };
  } finally {
    closeSync(log);
  }
}

/** Writes a pid file in one step, so that a reader never meets an empty one. */
export function writePidFile(file: string, pid: number): void {
  writeFileSync(`${file}.tmp`, `${pid}\n`);
  renameSync(`${file}.tmp`, file);
}

/** The last lines of a log, at most `count`, as far as they were written after `fromByte`. */
export async function lastLines(
  file: string,
  options: { count: number; fromByte?: number },
): Promise<string[]> {
  await using log = await open(file, "r");
  const { size } = await log.stat();
  const start = Math.max(options.fromByte ?? 0, size - 32 * 1024, 0);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  await log.read(buffer, 0, buffer.length, start);
  const lines = buffer.toString("utf8").split("\n").filter(Boolean);
  return lines.slice(-options.count);
}

/** The size of a file in bytes, 0 when it is missing. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function setAsideLargeLog(file: string): void {
  if (sizeOf(file) > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`);
}
