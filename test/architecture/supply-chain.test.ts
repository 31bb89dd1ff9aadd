// What comes from elsewhere: under which licence, in which version, and what it may run on the way.
import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isAllowed, isPlatformBinary, licenceOf, readLockedPackages } from "./licences.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  overrides?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const locked = readLockedPackages();
const manifests = ["package.json", ...globSync("{apps,libs}/*/package.json", { cwd: ROOT })];

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(ROOT + file, "utf8")) as Manifest;
}

test("every package has a licence that is allowed", () => {
  const others = locked
    .map((each) => `${each.name}: ${licenceOf(each, locked) ?? "none"}`)
    .filter((line) => !isAllowed(line.slice(line.indexOf(": ") + 2)));
  expect(others).toEqual([]);
  expect(locked.length).toBeGreaterThan(300);
});

test("no package runs a script at its installation but those allowed by name", () => {
  const { allowScripts = {} } = readManifest("package.json");
  const withScript = locked.filter(({ hasInstallScript }) => hasInstallScript);
  const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
  expect([...new Set(withScript.map(({ name }) => name))].toSorted()).toEqual(allowed.toSorted());
  const explained = readFileSync(`${ROOT}docs/security.md`, "utf8");
  expect(allowed.filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
});

test("everything that is installed on every machine is known by its hash", () => {
  const unknown = locked.filter((each) => each.integrity === undefined && !isPlatformBinary(each));
  expect(unknown.map(({ path }) => path)).toEqual([]);
});

describe("direct dependencies", () => {
  test.each(manifests)("of %s have one exact version each", (file) => {
    const { dependencies, devDependencies, optionalDependencies, overrides } = readManifest(file);
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides };
    const loose = Object.entries(all).filter(([name, version]) =>
      // The workspace's own packages have no versions to choose from.
      name.startsWith("@mutt/") ? version !== "*" : !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});

test("there is one lock file, npm's", () => {
  const names =
    "{package-lock.json,npm-shrinkwrap.json,yarn.lock,pnpm-lock.yaml,bun.lock,bun.lockb}";
  const found = globSync([names, `{apps,libs,test,charts,docs}/**/${names}`], {
    cwd: ROOT,
    exclude: (path) => path.includes("node_modules"),
  });
  expect(found).toEqual(["package-lock.json"]);
});
