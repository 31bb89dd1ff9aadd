import { expect, test } from "vitest";
import { nextPage } from "./next-page.ts";

test.each([
  "/",
  "/dead-letters?class=throttled&severity=3",
  "/queues/queue/dlq-dead?status=failed",
  "/dead-letters/dlq-dead/a~r0",
])("%s is a page to go to", (next) => {
  expect(nextPage(next)).toBe(next);
});

test.each([
  undefined,
  7,
  "",
  "rules",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/\n/evil.example",
  "/.//evil.example",
  `/${"x".repeat(3000)}`,
])("%o leads to the first page instead", (next) => {
  expect(nextPage(next)).toBe("/");
});
