import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureConsole } from "./console-build.ts";
import { REPOSITORY } from "./services.ts";

const CONSOLE = join(REPOSITORY, "apps", "console");

/** A copy of the console's sources, where its packages are still found. */
function copyOfSources(): string {
  const directory = mkdtempSync(join(REPOSITORY, "node_modules", ".console-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(CONSOLE, directory, {
    recursive: true,
    filter: (file) => !/\/(dist[^/]*|node_modules)$/.test(file),
  });
  return directory;
}

/** Each test builds twice or more, on a machine that may be busy. */
const BUILDS = { timeout: 60_000 };

const read = (...parts: string[]): string => readFileSync(join(...parts), "utf8");

test("the console is built once, and again when a source has changed", BUILDS, async () => {
  const directory = copyOfSources();
  expect(await ensureConsole(directory)).toBe(true);
  expect(read(directory, "dist", "index.html")).toMatch(/src="\.\/assets\/[^"]+\.js"/);
  expect(await ensureConsole(directory)).toBe(false);

  writeFileSync(join(directory, "public", "note.txt"), "changed");
  expect(await ensureConsole(directory)).toBe(true);
  expect(read(directory, "dist", "note.txt")).toBe("changed");
});

test(
  "of two that build at the same time one is taken, and nothing is left beside it",
  BUILDS,
  async () => {
    const directory = copyOfSources();
    await Promise.all([ensureConsole(directory), ensureConsole(directory)]);
    expect(await ensureConsole(directory)).toBe(false);
    expect(readdirSync(directory).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
  },
);

test(
  "a console that cannot be built is one error with the builder's words, and the old one stays",
  BUILDS,
  async () => {
    const directory = copyOfSources();
    await ensureConsole(directory);
    const before = read(directory, "dist", "inputs.sha256");
    writeFileSync(join(directory, "src", "main.tsx"), "this is no program");
    await expect(ensureConsole(directory)).rejects.toThrow(
      /the operator console cannot be built[\s\S]*main\.tsx/,
    );
    expect(read(directory, "dist", "inputs.sha256")).toBe(before);
  },
);
