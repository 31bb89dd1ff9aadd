import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The command line of a process; undefined when there is no such process or it has ended and only
 * waits to be collected.
 */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/cmdline`, "utf8");
    return text.replaceAll("\0", " ").trim() || undefined;
  } catch {
    // No such process, or no /proc on this system.
    return process.platform === "linux" ? undefined : askPs(pid);
  }
}

function askPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("ps", ["-ww", "-o", "args=", "-p", String(pid)], (error, stdout) => {
      resolve(error ? undefined : stdout.trim() || undefined);
    });
  });
}

/** Reads a pid file; undefined when it is missing or holds no pid. */
export async function readPidFile(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const pid = Number(text.trim());
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

/** Says whether a pid is that of a process whose command line has all the marks. */
export async function isProcess(pid: number, marks: readonly string[]): Promise<boolean> {
  const line = await commandLineOf(pid);
  return line !== undefined && marks.every((mark) => line.includes(mark));
}

/** A process that is not our child. */
export type ForeignProcess = { pid: number; marks: readonly string[] };

/** Asks processes to end, kills those that have not within `graceMs`, and waits until all are gone. */
export async function endProcesses(
  processes: readonly ForeignProcess[],
  options: { graceMs: number },
): Promise<void> {
  const signalAll = async (signal: NodeJS.Signals): Promise<number> => {
    let alive = 0;
    for (const { pid, marks } of processes) {
      // The pid may belong to another process by now.
      if (!(await isProcess(pid, marks))) continue;
      alive += 1;
      sendSignal(pid, signal);
    }
    return alive;
  };
  await signalAll("SIGTERM");
  const deadline = Date.now() + options.graceMs;
  while (Date.now() < deadline) {
    const left = await Promise.all(processes.map(({ pid, marks }) => isProcess(pid, marks)));
    if (!left.includes(true)) return;
    await sleep(50);
  }
  while ((await signalAll("SIGKILL")) > 0) await sleep(50);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
