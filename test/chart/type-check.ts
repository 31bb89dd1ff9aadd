// Checks rendered objects against the published types of Kubernetes and of the operators, with the compiler.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Manifest } from "./helm.ts";
import { ROOT } from "./paths.ts";

/** Which package has the types of an API group; groups of Kubernetes itself are all in one. */
const PACKAGES: Readonly<Record<string, string>> = {
  "keda.sh": "@kubernetes-models/keda",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
};

/**
 * Gives the compiler's complaints about the objects: a field that does not exist, a value of the wrong type, a field
 * that is missing. Empty when there are none. `sets` maps a name, for the complaints, to objects.
 */
export async function typeCheck(
  sets: Readonly<Record<string, readonly Manifest[]>>,
): Promise<string[]> {
  const cache = join(ROOT, "node_modules/.cache/mutt-chart-types");
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, "run-"));
  try {
    const files = Object.entries(sets).map(([name, manifests]) => ({
      file: join(dir, `${name}.ts`),
      text: sourceOf(manifests),
    }));
    await Promise.all(files.map(({ file, text }) => writeFile(file, text)));
    return await compile(files.map(({ file }) => file));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** One constant per object, of the type that its kind has. */
function sourceOf(manifests: readonly Manifest[]): string {
  const lines = manifests.map((manifest, index) => {
    const [group = "", version] = manifest.apiVersion.split("/");
    const path = version === undefined ? group : `${group}/${version}`;
    const module = `${PACKAGES[group] ?? "kubernetes-models"}/${path}`;
    const type = `import(${JSON.stringify(module)}).I${manifest.kind}`;
    return `export const ${constantOf(manifest, index)}: ${type} = ${JSON.stringify(manifest, null, 1)};`;
  });
  return `${lines.join("\n")}\n`;
}

function constantOf({ kind, metadata }: Manifest, index: number): string {
  return `${kind}_${metadata.name.replace(/\W/g, "_")}_${index}`;
}

async function compile(files: readonly string[]): Promise<string[]> {
  const options = [
    ...["--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig"],
    ...["--target", "es2024", "--module", "nodenext", "--types", ""],
  ];
  try {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    await promisify(execFile)(process.execPath, [tsc, ...options, ...files], { cwd: ROOT });
    return [];
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const lines = `${stdout}${stderr}`.trim().split("\n");
    return lines.map((line) => line.replace(/^.*\/run-[^/]*\//, ""));
  }
}
