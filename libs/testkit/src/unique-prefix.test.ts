import { expect, test } from "vitest";
import { uniquePrefix } from "./unique-prefix.ts";

test("names the test, differs every time and is fit for a queue prefix", () => {
  const prefix = uniquePrefix("Sheds at the threshold: not one job later, {ever}!");
  expect(prefix).toMatch(/^test-sheds-at-the-threshold[a-z0-9-]+-[0-9a-f]{8}$/);
  expect(prefix).not.toBe(uniquePrefix("Sheds at the threshold: not one job later, {ever}!"));
});
