import { link, readFile, rm, writeFile } from "node:fs/promises";
import type { Home } from "./home.ts";
import { commandLineOf } from "./processes.ts";

/**
 * Makes this process the one supervisor of a home until it is disposed of. Throws one line when
 * another one runs; the lock of one that was killed is taken over.
 */
export async function lockHome(home: Home): Promise<AsyncDisposable> {
  const own = `${process.pid} ${await startOf(process.pid)}\n`;
  const draft = `${home.lockFile}.${process.pid}`;
  await writeFile(draft, own, { mode: 0o600 });
  try {
    // A link is made or refused in one step, and the file has its text from the start.
    while (!(await tryLink(draft, home.lockFile))) {
      const holder = await holderOf(home.lockFile);
      if (holder !== undefined) {
        throw new Error(
          `a stack runs already in ${home.dir} (process ${holder}): stop it first, or set MUTT_HOME to another directory`,
        );
      }
      await rm(home.lockFile, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(home.lockFile, { force: true }) };
}

/** The pid of the living supervisor that a lock file names. */
export async function holderOf(lockFile: string): Promise<number | undefined> {
  const text = await readFile(lockFile, "utf8").catch(() => "");
  const [pid = 0, start] = text.trim().split(" ").map(Number);
  if (!pid || pid === process.pid) return undefined;
  return (await startOf(pid)) === start ? pid : undefined;
}

/**
 * When a process started, in whatever unit the system has: together with the pid it names one process
 * for good. 0 where the system does not tell, NaN when there is no such process.
 */
async function startOf(pid: number): Promise<number> {
  if ((await commandLineOf(pid)) === undefined) return Number.NaN;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in parentheses may hold spaces; the start time is the 22nd field, the 20th after it.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? 0);
}

function tryLink(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
}
