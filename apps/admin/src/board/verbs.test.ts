import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { findVerb, KNOWN_VERBS } from "./verbs.ts";

/** The routes of the installed board; its package does not offer them, and their names may change with any version. */
async function installedRoutes(): Promise<{ method: string; route: string }[]> {
  const main = createRequire(import.meta.url).resolve("@bull-board/api");
  const file = pathToFileURL(join(dirname(main), "routes.js")).href;
  const { appRoutes } = (await import(file)) as {
    appRoutes: { api: { method: string; route: string }[] };
  };
  return appRoutes.api;
}

test("every verb of the installed board has been thought about", async () => {
  const writing = (await installedRoutes()).filter(({ method }) => method !== "get");
  expect(writing.map(({ method, route }) => `${method} ${route}`).toSorted()).toEqual(
    KNOWN_VERBS.toSorted(),
  );
});

test("what is not known, or only looks known, is no verb", () => {
  expect(findVerb("delete", "/api/queues/:queueName")).toBeUndefined();
  expect(findVerb("put", "/api/queues/alert/pause")).toBeUndefined();
  expect(findVerb("", "")).toBeUndefined();
});
