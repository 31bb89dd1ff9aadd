import { readFile } from "node:fs/promises";

/** A process to be watched. */
export interface Watched {
  name: string;
  pid: number;
}

/** What a process has used so far and holds now. */
export interface Usage {
  cpuMs: number;
  rssBytes: number;
}

/** Linux counts process times in hundredths of a second (`getconf CLK_TCK`) on all common machines. */
const TICK_MS = 10;
const KIB = 1024;

/** Reads `/proc`; `undefined` where there is none, or when the process has ended. */
export async function readUsage(pid: number): Promise<Usage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/status`, "utf8"),
    ]);
    // The name in parentheses may hold blanks; utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rss = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    return { cpuMs: ticks * TICK_MS, rssBytes: rss * KIB };
  } catch {
    return undefined;
  }
}

/** Processor time of each process in milliseconds, by name; processes of one name are added up. */
export async function readCpuMs(watched: readonly Watched[]): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const { name, pid } of watched) {
    const usage = await readUsage(pid);
    if (usage) sums.set(name, (sums.get(name) ?? 0) + usage.cpuMs);
  }
  return sums;
}
