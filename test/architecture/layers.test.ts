// The one place where the rule of layers is written down; README and docs only describe it.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** Which layers a layer may build on. */
const MAY_DEPEND_ON: Record<string, readonly string[]> = {
  domain: ["domain"],
  foundation: [],
  adapter: ["domain", "foundation"],
  app: ["adapter", "domain", "foundation"],
  // What starts the whole stack on one machine is made of the apps' neighbours, not of the apps.
  testkit: ["app", "adapter", "domain", "foundation", "testkit"],
};

/** Packages with which the outside is touched; a domain lib has no use for them. */
const OUTSIDE = /^(ioredis|bullmq|express|winston|prom-client|undici|node:(?!crypto$).*)$/;

interface ProjectGraph {
  nodes: Record<string, { data: { root: string; tags?: string[] } }>;
  dependencies: Record<string, { source: string; target: string }[]>;
}

const { graph } = JSON.parse(
  execFileSync("nx", ["graph", "--print"], {
    encoding: "utf8",
    env: { ...process.env, NX_DAEMON: "false" },
  }),
) as { graph: ProjectGraph };

function layerOf(project: string): string {
  const tag = graph.nodes[project]?.data.tags?.find((each) => each.startsWith("layer:"));
  return tag?.slice("layer:".length) ?? "none";
}

const edges = Object.values(graph.dependencies)
  .flat()
  .filter(({ target }) => target in graph.nodes);
const projects = Object.entries(graph.nodes).map(([name, node]) => ({
  name,
  root: node.data.root,
  layer: layerOf(name),
  sources: sourcesUnder(node.data.root),
}));

interface Source {
  file: string;
  text: string;
  imports: string[];
}

function sourcesUnder(root: string): Source[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => join(root, "src", name))
    .filter((file) => file.endsWith(".ts") && statSync(file).isFile())
    .map((file) => {
      const text = readFileSync(file, "utf8");
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)];
      return { file, text, imports: imports.map((match) => match[1] ?? "") };
    });
}

const production = projects.flatMap((project) =>
  project.sources
    .filter(({ file }) => !file.endsWith(".test.ts"))
    .map((source) => ({ ...source, project })),
);

test("every project says which layer it belongs to", () => {
  expect(projects.filter(({ layer }) => !(layer in MAY_DEPEND_ON))).toEqual([]);
  expect(projects.length).toBeGreaterThan(15);
});

test.each(edges)("$source may build on $target", ({ source, target }) => {
  expect(MAY_DEPEND_ON[layerOf(source)]).toContain(layerOf(target));
});

test("no app is built on another app, save by the test kit", () => {
  const apps = edges.filter((edge) => layerOf(edge.target) === "app");
  expect(apps.filter((edge) => layerOf(edge.source) !== "testkit")).toEqual([]);
});

test("what is imported is declared: the graph shows every edge", () => {
  const declared = new Set(edges.map(({ source, target }) => `${source} -> ${target}`));
  const undeclared = production.flatMap(({ file, imports, project }) =>
    imports
      .filter((name) => name.startsWith("@mutt/") && name !== project.name)
      .filter((name) => !declared.has(`${project.name} -> ${name}`))
      .map((name) => `${file} imports ${name}`),
  );
  expect(undeclared).toEqual([]);
});

describe("domain libs", () => {
  const domain = production.filter(({ project }) => project.layer === "domain");

  test("import nothing that touches the outside", () => {
    const touching = domain.flatMap(({ file, imports }) =>
      imports.filter((name) => OUTSIDE.test(name)).map((name) => `${file} imports ${name}`),
    );
    expect(touching).toEqual([]);
  });

  test("take time and chance as arguments", () => {
    const impure = domain.filter(({ text }) =>
      /\bDate\.now\(|new Date\(\)|Math\.random\(|\bprocess\.|setTimeout\(|fetch\(/.test(text),
    );
    expect(impure.map(({ file }) => file)).toEqual([]);
  });
});

test("only entry files read the environment", () => {
  const readers = production.filter(({ text }) => /process\.env\b/.test(withoutComments(text)));
  const entryFile = /\/(main|demo|setup|run-app|run-mutt)\.ts$/;
  expect(readers.map(({ file }) => file).filter((file) => !entryFile.test(file))).toEqual([]);
});

test("no source file is longer than 400 lines", () => {
  const long = projects
    .flatMap(({ sources }) => sources)
    .filter(({ text }) => text.split("\n").length > 400);
  expect(long.map(({ file }) => file)).toEqual([]);
});

test("nothing is called after nothing", () => {
  const vague = /\/(utils?|helpers?|common|shared|misc|types)(\.ts|\/)/;
  expect(production.map(({ file }) => file).filter((file) => vague.test(file))).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
}
