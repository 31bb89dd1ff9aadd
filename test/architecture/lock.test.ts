// `npm ci` refuses a lock file that leaves out a binary of another platform, and npm itself writes such a file
// when it cannot reach one of them.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, LockedPackage>;
};

test("the lock file names every optional dependency, whatever the platform", () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test("the lock file names no registry", () => {
  const named = Object.values(packages).filter(({ resolved }) => /^https?:/.test(resolved ?? ""));
  expect(named).toEqual([]);
});
