import { readdir } from "node:fs/promises";

/** How many files, sockets and pipes a process has open; `undefined` where that cannot be seen. */
export async function countOpenFiles(pid: number): Promise<number | undefined> {
  try {
    return (await readdir(`/proc/${pid}/fd`)).length;
  } catch {
    return undefined;
  }
}
