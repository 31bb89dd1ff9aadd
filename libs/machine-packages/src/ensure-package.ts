import { answerOf, findProgram, type Program, type ProgramSearch } from "./find-program.ts";
import { installWithApt } from "./install-with-apt.ts";

/** A program that is put onto the machine when it is missing. */
export interface MachinePackage extends ProgramSearch {
  /** What people call it, e.g. `Prometheus`. */
  name: string;
  /** Debian's packages that bring it. */
  packages: readonly string[];
  /** Services that these packages would switch on. */
  services?: readonly string[];
  /** What to install on which system, as one or more clauses without a full stop. */
  howToInstall: string;
}

/**
 * Finds a program, and installs it with apt-get when there is none and this process is root; no service is started.
 * Each step is told through `log`. Throws one sentence that says what to install when it can do neither.
 */
export async function ensurePackage(
  wanted: MachinePackage,
  log: (line: string) => void,
): Promise<Program> {
  const found = await findProgram(wanted);
  if (found) return found;

  const missing = `No ${wanted.commands.join(" or ")} on the PATH`;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || (await answerOf("apt-get", ["--version"])) === undefined) {
    throw new Error(`${missing}. ${wanted.howToInstall}.`);
  }
  log(`${missing}: installing ${wanted.name} with apt-get (no service is started)`);
  try {
    await installWithApt(wanted);
  } catch (cause) {
    const problem = (cause as Error).message;
    throw new Error(
      `apt-get could not install ${wanted.packages[0]} (${problem}). ${wanted.howToInstall}.`,
      { cause },
    );
  }
  const installed = await findProgram(wanted);
  if (!installed) {
    throw new Error(
      `apt-get installed ${wanted.packages[0]}, but it does not run. ${wanted.howToInstall}.`,
    );
  }
  log(`installed ${installed.command} ${installed.version}`);
  return installed;
}
