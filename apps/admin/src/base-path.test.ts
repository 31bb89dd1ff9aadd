import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { underBasePath } from "./base-path.ts";

function seenUrl(basePath: string, url: string): string | undefined {
  let seen: string | undefined;
  const listener = underBasePath(basePath, (request) => {
    seen = request.url;
  });
  void listener({ url } as IncomingMessage & { req: never }, {} as never as ServerResponse<never>);
  return seen;
}

test.each([
  ["/mutt", "/"],
  ["/mutt/", "/"],
  ["/mutt?x=1", "/?x=1"],
  ["/mutt/queues/api?x=/mutt/", "/queues/api?x=/mutt/"],
  ["/queues", "/queues"],
  ["/muttering", "/muttering"],
])("%s is served as %s", (url, served) => {
  expect(seenUrl("/mutt", url)).toBe(served);
});

test("without a base path nothing is taken off", () => {
  expect(seenUrl("", "/mutt/x")).toBe("/mutt/x");
});
