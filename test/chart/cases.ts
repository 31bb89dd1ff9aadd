// The values that the chart is rendered with: the files in charts/mutt/ci, which are examples for people too.
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { parse } from "yaml";
import { CHART } from "./paths.ts";

/** One file of values. */
export interface Case {
  name: string;
  file: string;
  values: Record<string, unknown>;
}

/** All of them, by name. */
export const CASES: readonly Case[] = globSync(`${CHART}/ci/*-values.yaml`)
  .toSorted()
  .map((file) => ({
    name: basename(file).replace("-values.yaml", ""),
    file,
    values: parse(readFileSync(file, "utf8")) as Record<string, unknown>,
  }));

/** The oldest and a recent version of Kubernetes that the chart is meant for. */
export const KUBE_VERSIONS = ["1.29.0", "1.35.0"] as const;

/** Every case on every version, to loop over. */
export const MATRIX = CASES.flatMap((one) =>
  KUBE_VERSIONS.map((kubeVersion) => ({ ...one, kubeVersion })),
);

/** One case by name; throws when there is none. */
export function caseNamed(name: string): Case {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`charts/mutt/ci holds no ${name}-values.yaml`);
  return found;
}
