import { expect, test } from "vitest";
import { createReport } from "./report.ts";

function setup(isTTY: boolean) {
  const lines: string[] = [];
  const output = { isTTY, write: (text: string) => lines.push(text) };
  return { report: createReport(output), lines };
}

test("writes plain lines without a terminal", () => {
  const { report, lines } = setup(false);
  report.step("redis", "started");
  report.notice("alerter died");
  report.plain("mutt ready");
  expect(lines).toEqual(["redis        started\n", "alerter died\n", "mutt ready\n"]);
});

test("marks steps on a terminal, and leaves plain lines plain", () => {
  const { report, lines } = setup(true);
  report.step("redis", "started");
  report.plain("mutt ready");
  expect(lines[0]).toContain("✓");
  expect(lines[1]).toBe("mutt ready\n");
});

test("names each reason of a failure on a line of its own, with what belongs to it below", () => {
  const { report, lines } = setup(false);
  report.failure("port 1 is in use\nthe admin did not come up:\n  its log");
  expect(lines).toEqual([
    "mutt cannot start: port 1 is in use\n",
    "mutt cannot start: the admin did not come up:\n",
    "  its log\n",
  ]);
});
