import { expect, test } from "vitest";
import { ensurePackage } from "./ensure-package.ts";
import { findProgram } from "./find-program.ts";

const NODE = { commands: ["no-such-program-here", "node"], versionPattern: /v(\d+)\.\d+/ };

test("the first program that runs is found, with its version", async () => {
  expect(await findProgram(NODE)).toEqual({
    command: "node",
    version: process.versions.node.split(".")[0],
  });
});

test("a program that says no version is none", async () => {
  expect(await findProgram({ ...NODE, versionPattern: /nothing like it/ })).toBeUndefined();
});

test("what is there is not installed", async () => {
  const lines: string[] = [];
  const wanted = { ...NODE, name: "Node", packages: ["no-such-package-here"], howToInstall: "no" };
  expect(await ensurePackage(wanted, (line) => lines.push(line))).toMatchObject({
    command: "node",
  });
  expect(lines).toEqual([]);
});
