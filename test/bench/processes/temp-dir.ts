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
  process.once("exit", () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}
