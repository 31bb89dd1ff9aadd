import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { RouteDeps } from "./deps.ts";
import { apiRoutes } from "./table.ts";

const DEPS = { redis: {}, prefix: "none", basePath: "" } as unknown as RouteDeps;
const PAGE = readFileSync(new URL("../../../../docs/admin-api.md", import.meta.url), "utf8");

test("docs/admin-api.md lists every route with its role, and no other", () => {
  const held = apiRoutes(DEPS).map(
    ({ method, path, role, summary }) => `${method.toUpperCase()} ${path} ${role} ${summary}`,
  );
  const rows = PAGE.matchAll(/^\| `([A-Z]+) (\/api\S+)` +\| (\w+) +\| (.+?) +\|$/gm);
  const listed = [...rows].map(
    ([, method, path, role, text]) => `${method} ${path} ${role} ${text}`,
  );
  expect(listed).toEqual(held);
});
