import { globSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { formatTable } from "./markdown.ts";

const LAYERS = [
  ["domain", "domain"],
  ["foundation", "nothing"],
  ["adapter", "domain, foundation"],
  ["app", "adapter, domain, foundation"],
  ["testkit", "everything"],
] as const;

/** The table of the layers: the projects of each, as their `package.json` files say. */
export function layerTable(root: string): string {
  const tagged = globSync("{apps,libs}/*/package.json", { cwd: root }).map((file) => {
    const { nx } = JSON.parse(readFileSync(root + file, "utf8")) as { nx: { tags: string[] } };
    return { name: basename(dirname(file)), tags: nx.tags };
  });
  const rows = LAYERS.map(([layer, below]) => {
    const names = tagged.filter(({ tags }) => tags.includes(`layer:${layer}`));
    return [
      layer,
      names
        .map(({ name }) => `\`${name}\``)
        .toSorted()
        .join(", "),
      below,
    ];
  });
  return formatTable(["layer", "projects", "may build on"], rows);
}
