import { ensurePackage } from "./ensure-package.ts";
import type { Program } from "./find-program.ts";

/**
 * Finds a Chromium, and installs Debian's with apt-get when there is none and this process is root; each step is told
 * through `log`. Throws one sentence that says what to install when it can do neither.
 */
export function ensureChromium(options: { log: (line: string) => void }): Promise<Program> {
  return ensurePackage(
    {
      name: "Chromium",
      commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
      versionPattern: /(\d+(?:\.\d+)+)/,
      packages: ["chromium", "fonts-dejavu-core"],
      howToInstall:
        "Debian: apt-get install chromium; Fedora: dnf install chromium; " +
        "Alpine: apk add chromium; macOS: brew install chromium",
    },
    options.log,
  );
}
