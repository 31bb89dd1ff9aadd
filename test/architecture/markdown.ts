// What the tests of the documentation know of Markdown.

/** Writes a table as the formatter does, columns padded; a `|` in a cell is escaped. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const [first = "", ...rest] = cells.map(line);
  return [first, rule, ...rest].join("\n");
}

/** Pads the columns of a table that has no `|` in its cells. */
export function padTable(table: string): string {
  const rows = table
    .trim()
    .split("\n")
    .map((row) => row.split("|").slice(1, -1))
    .map((row) => row.map((cell) => cell.trim()));
  const [head = [], , ...body] = rows;
  return formatTable(head, body);
}

const BLOCK = /(<!-- begin (\S+) -->\n)[\s\S]*?(\n?<!-- end \2 -->)/g;

/**
 * Puts fresh content between the marks `<!-- begin NAME -->` and `<!-- end NAME -->`. Throws for a name that
 * there is no content for.
 */
export function withFreshBlocks(text: string, blocks: Readonly<Record<string, string>>): string {
  return text.replace(BLOCK, (_block, begin: string, name: string) => {
    const content = blocks[name];
    if (content === undefined) throw new Error(`nothing is known to write into block ${name}`);
    return `${begin}${content.trimEnd()}\n<!-- end ${name} -->`;
  });
}

/** Names of the blocks of a text. */
export function blockNames(text: string): string[] {
  return [...text.matchAll(BLOCK)].map((match) => match[2] ?? "");
}

/** The targets of all links of a text, outside of code. */
export function linkTargets(text: string): string[] {
  const prose = withoutCode(text);
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
}

/** The anchors that headings give a text: lower case, blanks as dashes, all else left out. */
export function anchors(text: string): Set<string> {
  const headings = withoutFences(text).matchAll(/^#{1,6} +(.+)$/gm);
  return new Set(
    [...headings].map((match) =>
      (match[1] ?? "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}

/** The first cells of the table under a heading, without their back quotes. */
export function firstColumn(text: string, heading: string): string[] {
  const section = text.split(/^#{2,6} +/m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`there is no heading "${heading}"`);
  const cells = [...section.matchAll(/^\| *([^|]*?) *\|/gm)].map((match) => match[1] ?? "");
  return cells.slice(2).map((cell) => cell.replaceAll("`", ""));
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`\n]*`/g, "");
}
