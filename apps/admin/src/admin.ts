import type { AdminKey, Keyring } from "@mutt/api-keys";
import type { LedgerWriter } from "@mutt/queues";
import { createRedactor, type Logger } from "@mutt/service";
import { Router } from "express";
import { namedProblems } from "./api/problems.ts";
import { serveRoutes } from "./api/serve-routes.ts";
import { createDoor } from "./auth/door.ts";
import { createSessions } from "./auth/sessions.ts";
import { createSignInLimit } from "./auth/sign-in-limit.ts";
import { createSignInRoutes } from "./auth/sign-in-routes.ts";
import { createBoardRoutes } from "./board/board.ts";
import { createConsoleRoutes } from "./console-files.ts";
import type { RouteDeps } from "./routes/deps.ts";
import { apiRoutes } from "./routes/table.ts";
import { CONSOLE_POLICY, securityHeaders } from "./security-headers.ts";

/** What the admin app serves its users from. */
export interface AdminDeps extends Omit<RouteDeps, "sessions" | "redactor"> {
  keyring: Keyring<AdminKey>;
  ledger: Pick<LedgerWriter, "count">;
  /** Secrets of this process, which no answer may hold. */
  secrets: readonly string[];
  /** Where the built console is; where it usually is, when left out. */
  consoleDirectory: string | undefined;
  logger: Logger;
}

/** An alert with its event and the variables of a trap is nested this deep; a delivery has up to 500 alerts. */
const REDACT_LIMITS = { depth: 14, items: 1000 };

/** Makes all routes of the admin app besides the ops routes: sign-in, API, Bull Board, console. */
export function createAdminRoutes(deps: AdminDeps): Router {
  const { redis, keyring, basePath, environment, logger } = deps;
  const sessions = createSessions({ ...deps, keyring });
  const door = createDoor({ keyring, sessions });
  const redactor = createRedactor(deps.secrets, REDACT_LIMITS);
  const ping = () => redis.ping();
  const limit = createSignInLimit(deps);
  const router = Router();
  router.use(createConsoleRoutes({ directory: deps.consoleDirectory, basePath }));
  router.use(createBoardRoutes({ ...deps, door, ping, redactor }));
  router.use(securityHeaders(CONSOLE_POLICY));
  router.use(createSignInRoutes({ basePath, environment, keyring, sessions, limit, door, logger }));
  router.use(serveRoutes(apiRoutes({ ...deps, sessions, redactor }), { door, ping }));
  router.use(namedProblems);
  return router;
}
