import type { AdminKey, Keyring } from "@mutt/api-keys";
import { type Logger, ProblemError } from "@mutt/service";
import express, { type Request, type Response, Router } from "express";
import { z } from "zod";
import { parseInput } from "../api/parse-input.ts";
import { clearSessionCookies, setSessionCookies } from "./cookies.ts";
import type { Door } from "./door.ts";
import { nextPage } from "./next-page.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { SignInLimit } from "./sign-in-limit.ts";

/** What signing in and out needs. */
export interface SignInDeps {
  basePath: string;
  environment: string | undefined;
  keyring: Pick<Keyring<AdminKey>, "identify">;
  sessions: Sessions;
  limit: SignInLimit;
  door: Door;
  logger: Pick<Logger, "warn">;
}

const SignInBody = z.object({ key: z.string().trim().min(1).max(1024) });

/** Larger than every key, smaller than anything worth reading. */
const BODY_LIMIT = "8kb";

/** Makes the routes that start a session and end it. */
export function createSignInRoutes(deps: SignInDeps): Router {
  const { basePath, door, sessions } = deps;
  const router = Router();
  const readBody = [
    express.json({ limit: BODY_LIMIT, type: "application/json" }),
    express.urlencoded({ limit: BODY_LIMIT, extended: false }),
  ];

  router.post("/login", readBody, async (request: Request, response: Response) => {
    refuseOtherSites(request);
    const isForm = request.is("urlencoded") === "urlencoded";
    const { key } = parseInput(SignInBody, request.body ?? {}, "body");
    const { id, session } = await signIn(deps, request, key);
    const { csrfToken, expiresAt } = session;
    setSessionCookies(request, response, { basePath, id, csrfToken, expiresAt });
    response.set("Cache-Control", "no-store");
    if (!isForm) {
      response.json(describeSession(session, deps.environment));
      return;
    }
    const next = (request.body as Record<string, unknown>).next ?? request.query.next;
    response.redirect(303, basePath + nextPage(next));
  });

  router.post("/logout", async (request: Request, response: Response) => {
    const { session } = await door.enter(request);
    if (session) await sessions.end(session.id, session.identity);
    clearSessionCookies(response, basePath);
    if (request.accepts(["json", "html"]) === "html") response.redirect(303, `${basePath}/login`);
    else response.status(204).end();
  });
  return router;
}

/** A session as the console gets it. */
export function describeSession(
  { identity, csrfToken, expiresAt }: Session,
  environment: string | undefined,
) {
  return {
    name: identity.name,
    role: identity.role,
    csrf_token: csrfToken,
    expires_at: expiresAt.toISOString(),
    ...(environment === undefined ? {} : { environment }),
  };
}

async function signIn(deps: SignInDeps, request: Request, key: string) {
  const address = request.ip ?? "unknown";
  const { isAllowed, waitMs } = await deps.limit.begin(address);
  const wait = waitMs > 0 ? { headers: { "Retry-After": String(Math.ceil(waitMs / 1000)) } } : {};
  if (!isAllowed) {
    throw new ProblemError({ status: 429, detail: "too many wrong keys: wait", ...wait });
  }
  const identity = deps.keyring.identify({ "x-api-key": key });
  if (identity === undefined) {
    if (waitMs > 0)
      deps.logger.warn("too many wrong keys at sign-in", { address, wait_ms: waitMs });
    throw new ProblemError({
      status: 401,
      detail: "this key is not known; keys are those of ADMIN_API_KEYS",
      ...wait,
    });
  }
  await deps.limit.succeeded(address);
  return await deps.sessions.start(identity);
}

/** A page elsewhere must not sign a browser in under a key of its own. Where browsers do not say, the cookie's rules do. */
function refuseOtherSites({ headers }: Request): void {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return;
  throw new ProblemError({ status: 403, detail: "sign in from the console's own page" });
}
