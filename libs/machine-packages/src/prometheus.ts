import { ensurePackage } from "./ensure-package.ts";
import { findProgram } from "./find-program.ts";

/** A Prometheus server and its tool, found through the PATH. */
export interface Prometheus {
  prometheus: string;
  promtool: string;
  /** As the server says itself, e.g. `2.42.0+ds`. */
  version: string;
}

const VERSION = /version (\d\S*)/;

/**
 * Finds Prometheus with its promtool, and installs Debian's with apt-get when it is missing and this process is root.
 * Throws one sentence that says what to install when it can do neither.
 */
export async function ensurePrometheus(options: {
  log: (line: string) => void;
}): Promise<Prometheus> {
  const howToInstall =
    "Debian/Ubuntu: apt-get install prometheus; macOS: brew install prometheus; " +
    "elsewhere put prometheus and promtool of a release on the PATH";
  const server = await ensurePackage(
    {
      name: "Prometheus",
      commands: ["prometheus"],
      versionPattern: VERSION,
      packages: ["prometheus"],
      services: ["prometheus"],
      howToInstall,
    },
    options.log,
  );
  const tool = await findProgram({ commands: ["promtool"], versionPattern: VERSION });
  if (!tool) throw new Error(`There is a prometheus, but no promtool. ${howToInstall}.`);
  return { prometheus: server.command, promtool: tool.command, version: server.version };
}
