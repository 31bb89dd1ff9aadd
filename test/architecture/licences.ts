// The licences of what npm installs, as the lock file has them.
import { readFileSync } from "node:fs";
import { formatTable } from "./markdown.ts";

/** A package of the lock file. */
export interface LockedPackage {
  /** Where it is installed, such as `node_modules/a/node_modules/b`. */
  path: string;
  name: string;
  version: string;
  license?: string;
  integrity?: string;
  /** Only for development, or reached only by way of what is. */
  dev?: true;
  devOptional?: true;
  optional?: true;
  os?: string[];
  cpu?: string[];
  hasInstallScript?: true;
  optionalDependencies?: Record<string, string>;
}

/** Licences that a dependency may have, and what they ask of whoever passes MUTT on. */
const ALLOWED: Readonly<Record<string, string>> = {
  "0BSD": "nothing",
  "Apache-2.0": "its text and notices; grants patents",
  "BSD-2-Clause": "its text",
  "BSD-3-Clause": "its text, and no advertising with the authors' names",
  "BlueOak-1.0.0": "its text",
  "CC0-1.0": "nothing",
  ISC: "its text",
  MIT: "its text",
  "MPL-2.0":
    "the source of its own files, where they were changed; used unchanged, to build the console",
  "Python-2.0": "its text",
};

/** Every package that the lock file names, save those of this workspace. */
export function readLockedPackages(): LockedPackage[] {
  const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
  const { packages } = JSON.parse(text) as {
    packages: Record<string, Omit<LockedPackage, "path" | "name"> & { link?: true }>;
  };
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && !link)
    .map(([path, each]) => ({ ...each, path, name: path.replace(/^.*node_modules\//, "") }));
}

/** True for a binary that is installed on its own platform alone. */
export function isPlatformBinary({ optional, os, cpu }: LockedPackage): boolean {
  return optional === true && (os ?? cpu) !== undefined;
}

/** The licence of a package; a platform's binary without one has that of the package that it belongs to. */
export function licenceOf(each: LockedPackage, all: readonly LockedPackage[]): string | undefined {
  if (each.license !== undefined || !isPlatformBinary(each)) return each.license;
  return all.find(({ optionalDependencies = {} }) => each.name in optionalDependencies)?.license;
}

/** True when a licence, or one of a choice of them, is allowed. */
export function isAllowed(licence: string): boolean {
  return licence
    .replace(/^\(|\)$/g, "")
    .split(" OR ")
    .some((choice) => choice in ALLOWED);
}

/** The rows of the table of allowed licences in docs/licences.md. */
export function allowedLicencesTable(): string {
  return formatTable(["licence", "asks for"], Object.entries(ALLOWED));
}

/** The rows of the table of packages in docs/licences.md: what an installation without development tools has. */
export function licencesTable(): string {
  const all = readLockedPackages();
  const rows = all
    .filter((each) => !each.dev && !each.devOptional && !isPlatformBinary(each))
    .map((each) => [licenceOf(each, all) ?? "", each.name, each.version]);
  const distinct = new Map(rows.map((row) => [row.join(" "), row]));
  const sorted = [...distinct.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return formatTable(
    ["licence", "package", "version"],
    sorted.map(([, row]) => row),
  );
}
