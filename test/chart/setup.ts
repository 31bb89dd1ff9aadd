// Runs once before all chart tests: gets helm, or says why there is none.
import type { TestProject } from "vitest/node";
import { obtainHelm } from "./obtain-helm.ts";
import { ROOT } from "./paths.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the helm binary; empty when it cannot be had. */
    helm: string;
  }
}

/** Hands helm to the tests. In CI a missing helm is a failure; elsewhere its tests are skipped, with the reason printed. */
export async function setup(project: TestProject): Promise<void> {
  try {
    project.provide("helm", await obtainHelm(`${ROOT}node_modules/.cache/mutt-helm`));
  } catch (error) {
    if (process.env.CI) throw error;
    process.stderr.write(`\nThe chart's tests are skipped: ${(error as Error).message}\n\n`);
    project.provide("helm", "");
  }
}
