// Prometheus' own tool, on files in a directory that is gone afterwards.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** How a run ended, and what it printed. */
export interface PromtoolRun {
  ok: boolean;
  output: string;
}

/** Each test makes a data base of its own: where memory can be had as a file system, that is quick. */
const SCRATCH = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Runs promtool in a directory with these files. */
export function runPromtool(
  promtool: string,
  files: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<PromtoolRun> {
  const dir = mkdtempSync(join(SCRATCH, "mutt-test-promtool-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return new Promise((resolve) => {
    const options = { cwd: dir, env: { TMPDIR: dir }, maxBuffer: 64 * 1024 * 1024 };
    execFile(promtool, args, options, (error, stdout, stderr) => {
      rmSync(dir, { recursive: true });
      resolve({ ok: error === null, output: stdout + stderr });
    });
  });
}
