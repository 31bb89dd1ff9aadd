// The shell blocks of the documentation, and whether somebody runs them.

/**
 * Pages whose blocks are run by test/e2e/docs-commands.test.ts against one running stack, in this order. A block that
 * is not to be run there says so in a comment above it.
 */
export const RUN_PAGES = [
  "README.md",
  "docs/operations.md",
  "docs/ingest-api.md",
  "docs/admin-api.md",
  "docs/rules.md",
  "docs/configuration.md",
  "docs/SLOs.md",
  "docs/REMEDIATION.md",
  "docs/BACKPRESSURE.md",
] as const;

/** What the comment above a block says: which test runs it, or why none does. */
type Mark = { kind: "run"; test: string } | { kind: "not run"; reason: string };

/** A block of commands. */
export interface ShellBlock {
  page: string;
  /** The line of its opening fence, from 1. */
  line: number;
  /** The commands, without the indentation of the block. */
  code: string;
  mark: Mark | undefined;
  /** The block of text right after it: what it prints. */
  shown: string | undefined;
}

const FENCE = /^( *)```(\w*)$/;
const SHELLS = new Set(["sh", "bash", "console", "shell"]);
const MARK = /^ *<!-- (run|not run): (.+) -->$/;

interface Fence {
  language: string;
  start: number;
  end: number;
  indent: string;
}

/** Reads the shell blocks of a page. Throws for a mark that stands above none. */
export function readShellBlocks(page: string, text: string): ShellBlock[] {
  const lines = text.split("\n");
  const fences = readFences(lines);
  const blocks = fences.filter(({ language }) => SHELLS.has(language));
  const marked = new Set<number>();
  const found = blocks.map((block): ShellBlock => {
    const at = lineAbove(lines, block.start);
    const mark = readMark(lines[at] ?? "");
    if (mark !== undefined) marked.add(at);
    const next = fences.find(({ start }) => start > block.end);
    const follows = next?.language === "text" && lineAbove(lines, next.start) === block.end;
    return {
      page,
      line: block.start + 1,
      code: contentOf(lines, block),
      mark,
      shown: follows ? contentOf(lines, next) : undefined,
    };
  });
  const stray = lines.findIndex((line, at) => readMark(line) !== undefined && !marked.has(at));
  if (stray !== -1) throw new Error(`${page}:${stray + 1} marks no shell block`);
  return found;
}

function readFences(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  let open: Omit<Fence, "end"> | undefined;
  for (const [at, line] of lines.entries()) {
    const match = FENCE.exec(line);
    if (match === null) continue;
    const [, indent = "", language = ""] = match;
    if (open === undefined) open = { language, start: at, indent };
    else {
      fences.push({ ...open, end: at });
      open = undefined;
    }
  }
  return fences;
}

/** The nearest line above that is not blank. */
function lineAbove(lines: readonly string[], start: number): number {
  let at = start - 1;
  while (at > 0 && lines[at]?.trim() === "") at--;
  return at;
}

function readMark(line: string): Mark | undefined {
  const [, kind, said = ""] = MARK.exec(line) ?? [];
  if (kind === undefined) return undefined;
  return kind === "run" ? { kind, test: said } : { kind: "not run", reason: said };
}

function contentOf(lines: readonly string[], { start, end, indent }: Fence): string {
  return lines
    .slice(start + 1, end)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
}
