import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { Router } from "express";
import { CONSOLE_POLICY, securityHeaders } from "./security-headers.ts";

/** Where the console is when nothing else is said. */
const DEFAULT_DIRECTORY = fileURLToPath(new URL("../../console/dist/", import.meta.url));

/** Addresses of the console's own pages: each is the same document. */
const PAGES = [
  "/",
  "/login",
  "/dead-letters",
  "/dead-letters/*rest",
  "/alerts",
  "/alerts/*rest",
  "/rules",
  "/configuration",
  "/audit",
];

/** Names of built files carry a digest of their content. */
const ASSETS_MAX_AGE = "365d";

/**
 * Makes the routes of the operator console: its files, and its document under every address it knows, with the base path
 * written in. The files hold nothing secret, so that they need no key; what they show comes through the API.
 */
export function createConsoleRoutes({
  directory = DEFAULT_DIRECTORY,
  basePath,
}: {
  directory?: string | undefined;
  basePath: string;
}): Router {
  const router = Router();
  const headers = securityHeaders(CONSOLE_POLICY);
  const assets = { index: false, redirect: false, immutable: true, maxAge: ASSETS_MAX_AGE };
  router.use("/assets", headers, express.static(join(directory, "assets"), assets));
  router.get("/favicon.svg", headers, express.static(directory, { index: false, redirect: false }));
  router.get(PAGES, headers, async (_request, response) => {
    const html = await readFile(join(directory, "index.html"), "utf8").catch(() => undefined);
    response.set("Cache-Control", "no-cache");
    if (html === undefined) {
      const text = "The console is not built: run npm run setup. The API works without it.\n";
      response.status(503).type("text/plain").send(text);
      return;
    }
    response.type("text/html").send(withBase(html, `${basePath}/`));
  });
  return router;
}

/** Links of the document are relative: the base says to what, under every address. */
function withBase(html: string, base: string): string {
  return html.replace(/<head>/i, (head) => `${head}\n    <base href="${base}" />`);
}
