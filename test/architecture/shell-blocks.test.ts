// Commands in the documentation are run by a test, or say why not.
import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RUN_PAGES, readShellBlocks, type ShellBlock } from "./shell-blocks.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGES = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: ROOT })];

const read = (file: string) => readFileSync(ROOT + file, "utf8");
const blocks = PAGES.flatMap((page) => readShellBlocks(page, read(page)));

test("every shell block is run by a test, or says above it why not", () => {
  const run: ReadonlySet<string> = new Set(RUN_PAGES);
  const forgotten = blocks.filter(({ page, mark }) => mark === undefined && !run.has(page));
  const cure = "put its page into RUN_PAGES, or <!-- not run: the reason --> above it";
  expect(forgotten.map(placeOf), cure).toEqual([]);
  expect(blocks.filter(({ mark }) => mark === undefined).length).toBeGreaterThan(30);
});

test("what is said to be run by a test is read by that test", () => {
  const claimed = blocks.filter(({ mark }) => mark?.kind === "run");
  const wrong = claimed.filter(({ page, mark }) => {
    const file = mark?.kind === "run" ? mark.test : "";
    return !existsSync(ROOT + file) || !read(file).includes(`"${page}"`);
  });
  expect(wrong.map(placeOf)).toEqual([]);
});

test("reasons are sentences, and the tests that they name exist", () => {
  const reasons = blocks.flatMap(({ mark }) => (mark?.kind === "not run" ? mark.reason : []));
  expect(reasons.filter((reason) => reason.split(" ").length < 3)).toEqual([]);
  const named = reasons.flatMap((reason) => reason.match(/test\/[\w./-]+/g) ?? []);
  expect(named.filter((file) => !existsSync(ROOT + file))).toEqual([]);
});

function placeOf({ page, line }: ShellBlock): string {
  return `${page}:${line}`;
}

describe("a page of Markdown", () => {
  const page = (...lines: string[]) => readShellBlocks("p.md", lines.join("\n"));

  test("gives its commands without their indentation, and what they print", () => {
    const [block] = page(
      "1. Do",
      "",
      "   ```sh",
      "   a \\",
      "     -b",
      "   ```",
      "",
      "   ```text",
      "   c",
      "   ```",
    );
    expect(block).toEqual({
      page: "p.md",
      line: 3,
      code: "a \\\n  -b",
      mark: undefined,
      shown: "c",
    });
  });

  test("gives the mark above a block, with or without a blank line", () => {
    const marks = page(
      "<!-- not run: needs a cluster -->",
      "```sh",
      "a",
      "```",
      "<!-- run: test/e2e/x.test.ts -->",
      "",
      "```bash",
      "b",
      "```",
      "words",
      "```text",
      "not what it prints",
      "```",
    ).map(({ mark, shown }) => ({ mark, shown }));
    expect(marks).toEqual([
      { mark: { kind: "not run", reason: "needs a cluster" }, shown: undefined },
      { mark: { kind: "run", test: "test/e2e/x.test.ts" }, shown: undefined },
    ]);
  });

  test("is refused for a mark that stands above no shell block", () => {
    expect(() => page("<!-- not run: why ever -->", "", "words")).toThrow("p.md:1");
  });
});
