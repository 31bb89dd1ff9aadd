import express, { type Express, type Router } from "express";
import type { Logger } from "./logger.ts";
import { createOpsRouter, type OpsOptions } from "./ops-router.ts";
import { createProblemErrors, createProblemFallback } from "./problem-routes.ts";

/** What an app serves. */
export interface HttpAppOptions {
  ops: OpsOptions;
  /** The app's own routes; none for a worker. */
  routes?: Router;
  logger: Pick<Logger, "error">;
}

/**
 * Makes the express app of a process: the ops routes, then its own, then problem+json for whatever is
 * not served (404, 405) or fails. Answers carry neither `X-Powered-By` nor an `ETag`, which would cost
 * a digest of every body.
 */
export function createHttpApp({ ops, routes, logger }: HttpAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(createOpsRouter(ops));
  if (routes) app.use(routes);
  app.use(createProblemFallback(app));
  app.use(createProblemErrors(logger));
  return app;
}
