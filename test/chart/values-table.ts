import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { formatTable } from "../architecture/markdown.ts";

/** One value of a chart. */
interface Row {
  name: string;
  fallback: string;
  description: string;
}

const MARK = /^\s*--\s*(.*)$/;

/**
 * Makes the table of a chart's values from its `values.yaml`: every key with a comment that begins with `--` is a
 * row. Throws for a key without one, as it would be missing from the documentation.
 */
export function valuesTable(valuesYaml: string): string {
  const { contents } = parseDocument(valuesYaml);
  if (!isMap(contents)) throw new Error("values.yaml holds no map");
  const rows = rowsOf(contents as YAMLMap, "").map(({ name, fallback, description }) => [
    `\`${name}\``,
    `\`${fallback}\``,
    description,
  ]);
  return formatTable(["value", "default", "what it does"], rows);
}

function rowsOf(map: YAMLMap, path: string): Row[] {
  return map.items.flatMap((pair, index) => {
    const name = `${path}${String((pair.key as { value?: unknown }).value)}`;
    // The parser gives the comment before the first key of a map to the map.
    const description = descriptionOf(pair, index === 0 ? map.commentBefore : undefined);
    if (description !== undefined) {
      return [{ name, fallback: JSON.stringify(toJs(pair.value)), description }];
    }
    if (isMap(pair.value) && pair.value.items.length > 0) {
      return rowsOf(pair.value as YAMLMap, `${name}.`);
    }
    throw new Error(`values.yaml says nothing of ${name}: put a comment "# -- …" before it`);
  });
}

function descriptionOf({ key }: Pair, ofMap: string | null | undefined): string | undefined {
  const own = isScalar(key) ? key.commentBefore : undefined;
  const lines = (own ?? ofMap ?? "").split("\n");
  return lines.map((line) => MARK.exec(line)?.[1]).find((text) => text !== undefined);
}

function toJs(node: unknown): unknown {
  return (node as { toJSON?: () => unknown } | null)?.toJSON?.() ?? null;
}
