import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "./services.ts";

/** Where the console's sources are, and in `dist` what the admin app serves. */
const CONSOLE = join(REPOSITORY, "apps", "console");

/** What the built files depend on; the versions of all packages are fixed in the first. */
const INPUTS = ["package.json", "index.html", "vite.config.ts", "public", "src"];

/** Beside the built files: the digest of what they were built from. */
const DIGEST_FILE = "inputs.sha256";

/** A build takes a second or two; a machine that swaps gets this long, in milliseconds. */
const BUILD_LIMIT_MS = 120_000;

/**
 * Builds the operator console when it is missing or older than its sources; says whether it did. Another process may
 * do the same at the same time: each builds aside, and the first to finish is taken. Throws one sentence with the
 * builder's last words when it cannot be built.
 */
export async function ensureConsole(directory: string = CONSOLE): Promise<boolean> {
  const digest = digestOf(directory);
  const dist = join(directory, "dist");
  if (builtFrom(dist) === digest) return false;
  // Beside its place, so that it can be moved there in one step.
  const made = await mkdtemp(join(directory, "dist-"));
  try {
    await build(directory, made);
    writeFileSync(join(made, DIGEST_FILE), `${digest}\n`);
    await putInPlace(made, dist, digest);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return true;
}

function builtFrom(dist: string): string | undefined {
  const file = join(dist, DIGEST_FILE);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

function digestOf(directory: string): string {
  const hash = createHash("sha256");
  for (const file of INPUTS.flatMap((input) => filesUnder(join(directory, input)))) {
    hash
      .update(`${relative(directory, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesUnder(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [path] : [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
    .toSorted();
}

async function build(directory: string, outDir: string): Promise<void> {
  const args = ["build", "--outDir", outDir, "--emptyOutDir", "--logLevel", "error"];
  try {
    const vite = createRequire(join(directory, "package.json")).resolve("vite/package.json");
    await promisify(execFile)(process.execPath, [join(vite, "..", "bin", "vite.js"), ...args], {
      cwd: directory,
      // Nothing of this process's own environment belongs into files that browsers get.
      env: { NODE_ENV: "production" },
      timeout: BUILD_LIMIT_MS,
    });
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    const words = wordsOf(stderr ?? "") || message;
    throw new Error(`the operator console cannot be built, try npm ci: ${words}`, { cause: error });
  }
}

/** What the builder says, without where in its own code it says so. */
function wordsOf(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
  return lines.slice(0, 8).join("\n  ");
}

async function putInPlace(made: string, dist: string, digest: string): Promise<void> {
  const old = `${made}-old`;
  await rename(dist, old).catch(() => {});
  try {
    await rename(made, dist);
  } catch (error) {
    // Another process was faster; what it built is as good when it is of the same sources.
    if (builtFrom(dist) !== digest) throw error;
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}
