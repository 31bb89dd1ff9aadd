import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Puts every temporary file of this process and of what it starts under one directory, which is gone when
 * the process exits, however that comes about.
 */
export function useTempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "mutt-bench-"));
  // `os.tmpdir()` asks this at every call.
  process.env.TMPDIR = dir;
  const remove = (): void => {
    try {
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A hook that throws keeps the ones behind it from running.
    }
  };
  process.once("exit", remove);
  // Hooks run in the order in which they were added. Those that end processes have to come first, also when they are
  // added later: what still runs writes on.
  process.on("newListener", (event, listener) => {
    if (event !== "exit" || listener === remove) return;
    process.off("exit", remove);
    process.nextTick(() => process.off("exit", remove).once("exit", remove));
  });
  return dir;
}
