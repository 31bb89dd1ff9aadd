import { execFile } from "node:child_process";

/** A program of this machine. */
export interface Program {
  /** Its name on the PATH. */
  command: string;
  /** As it says itself. */
  version: string;
}

/** How a program is looked for. */
export interface ProgramSearch {
  /** Names under which the systems know it; the first one that runs is taken. */
  commands: readonly string[];
  /** Finds the version in what `--version` prints; the first group is taken. */
  versionPattern: RegExp;
}

/** Long enough for a browser on a busy machine. */
const ANSWER_MS = 30_000;

/** Finds a program on the PATH by asking it for its version; `undefined` when there is none that runs. */
export async function findProgram(search: ProgramSearch): Promise<Program | undefined> {
  for (const command of search.commands) {
    const text = await answerOf(command, ["--version"]);
    const version = text === undefined ? undefined : search.versionPattern.exec(text)?.[1];
    if (version !== undefined) return { command, version };
  }
  return undefined;
}

/** What a command prints, on either stream; `undefined` when it cannot be run or fails. */
export function answerOf(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: ANSWER_MS }, (error, stdout, stderr) => {
      // Prometheus 2.42 prints its version to stderr.
      resolve(error ? undefined : `${stdout}${stderr}`);
    });
  });
}
