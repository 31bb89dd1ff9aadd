// What is not traced must cost nothing: nothing of OpenTelemetry is loaded then.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;

test("only libs/tracing knows OpenTelemetry", () => {
  const sources = globSync("{apps,libs}/*/src/**/*.{ts,tsx}", { cwd: ROOT });
  const naming = sources.filter((file) =>
    readFileSync(ROOT + file, "utf8").includes('"@opentelemetry/'),
  );
  expect(naming.length).toBeGreaterThan(0);
  expect(naming.filter((file) => !file.startsWith("libs/tracing/src/"))).toEqual([]);
});

/** Packages of OpenTelemetry that a process has loaded after it started its tracing with these settings. */
function loadedWith(settings: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({
      load(url, context, next) {
        const name = /@opentelemetry\\/([\\w-]+)/.exec(url)?.[1];
        if (name) loaded.add(name);
        return next(url, context);
      },
    });
    const { startTracing } = await import("@mutt/tracing");
    for (const app of ["ingestor", "alerter", "forwarder"]) {
      await import("${ROOT}apps/" + app + "/src/config.ts");
    }
    await startTracing({ settings: ${settings}, service: "test", version: "1", instance: "1", logger: {} });
    console.log(JSON.stringify([...loaded].sort()));
    process.exit(0);
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: `${ROOT}libs/tracing`,
    encoding: "utf8",
  });
  return JSON.parse(output) as string[];
}

// prom-client asks the interface for exemplars, which alone does nothing.
test("without an endpoint nothing of OpenTelemetry is loaded but its bare interface", () => {
  expect(loadedWith("undefined")).toEqual(["api"]);
});

test("with an endpoint it is", () => {
  const settings = `{ url: "http://127.0.0.1:1/v1/traces", headers: {}, sampler: "always_on", ratio: 1 }`;
  expect(loadedWith(settings)).toContain("sdk-trace");
});
