import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { inject } from "vitest";
import { parseAllDocuments } from "yaml";
import { CHART } from "./paths.ts";

/** Path of the helm binary; empty when it cannot be had, and then whoever needs it is skipped. */
export const HELM = inject("helm");

/** A rendered object, as far as it is looked at here. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

/** What a chart is rendered with. */
export interface RenderOptions {
  /** Values files. */
  files?: readonly string[];
  /** Values in the notation of `--set`. */
  set?: readonly string[];
  /** Default `test`. */
  release?: string;
  /** Default the newest that helm knows. */
  kubeVersion?: string;
  /** Default the chart's directory. */
  chart?: string;
}

/** Runs helm and gives what it prints; rejects with what it complains of. */
export async function helm(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(HELM, args, {
      maxBuffer: 64 * 1024 * 1024,
      // Whatever the user of this machine has set up for helm stays out of it.
      env: { PATH: process.env.PATH, HOME: "/nonexistent", KUBECONFIG: "/nonexistent" },
    });
    return stdout;
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    throw new Error(`${stdout ?? ""}${stderr ?? ""}` || (error as Error).message);
  }
}

const rendered = new Map<string, Promise<string>>();

/** Renders the chart, the same thing once; rejects with helm's complaint. */
export async function render(options: RenderOptions = {}): Promise<Manifest[]> {
  const { kubeVersion } = options;
  const args = [
    "template",
    ...sourceArguments(options),
    ...(kubeVersion === undefined ? [] : ["--kube-version", kubeVersion]),
  ];
  const key = args.join(" ");
  const text = rendered.get(key) ?? helm(args);
  rendered.set(key, text);
  return parseManifests(await text);
}

/** Release, chart and values as arguments, for any command that takes them. */
export function sourceArguments(options: RenderOptions): string[] {
  const { release = "test", chart = CHART, files = [], set = [] } = options;
  return [
    release,
    chart,
    "--namespace",
    "alerts",
    ...files.flatMap((file) => ["--values", file]),
    ...set.flatMap((value) => ["--set", value]),
  ];
}

function parseManifests(text: string): Manifest[] {
  // A key that is there twice is refused, as the API server does.
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}
