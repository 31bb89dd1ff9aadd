import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Redis 7 keeps its append-only files in this directory, older ones beside it. */
const APPEND_ONLY_DIR = "appendonlydir";

/**
 * Brings what Redis has appended to its files in `dir` to the disk about every second, until `signal`
 * is aborted. A file that is gone is no problem, rewriting replaces files; anything else is told to
 * `onProblem`, and tried again.
 */
export async function syncEverySecond(
  dir: string,
  signal: AbortSignal,
  onProblem: (error: Error) => void,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(1_000, undefined, { signal, ref: false }).catch(() => {});
    for (const file of await appendOnlyFiles(dir)) await sync(file).catch(onProblem);
  }
}

async function appendOnlyFiles(dir: string): Promise<string[]> {
  const dirs = [join(dir, APPEND_ONLY_DIR), dir];
  const lists = await Promise.all(dirs.map(listFiles));
  return lists.flat().filter((file) => file.endsWith(".aof"));
}

async function listFiles(dir: string): Promise<string[]> {
  // Before the first write there is no such directory.
  const names = await readdir(dir).catch(() => []);
  return names.map((name) => join(dir, name));
}

async function sync(file: string): Promise<void> {
  try {
    await using handle = await open(file, "r+");
    await handle.datasync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
