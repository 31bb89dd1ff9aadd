import { expect, test } from "vitest";
import { routeOf } from "./route.ts";

test.each([
  ["http://h/", "http://h/", ""],
  ["http://h/dead-letters", "http://h/", "dead-letters"],
  [
    "http://h/ops/mutt/dead-letters/dlq-dead/a%2Fb",
    "http://h/ops/mutt/",
    "dead-letters/dlq-dead/a%2Fb",
  ],
  ["http://h/ops/mutt/rules/?x=1", "http://h/ops/mutt/", "rules"],
])("%s under %s is page %s", (href, base, path) => {
  expect(routeOf(href, base).path).toBe(path);
});

test("the query comes along", () => {
  expect(routeOf("http://h/audit?actor=mara", "http://h/").query.get("actor")).toBe("mara");
});
