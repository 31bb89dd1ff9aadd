import { Router } from "express";
import type { SloChecker } from "./checker.ts";

/**
 * Makes the route `GET /api/v1/slo`; who may call it is decided before it. It answers 200 whatever the state is, also
 * while nothing can be told.
 */
export function createSloRoutes(checker: Pick<SloChecker, "current">): Router {
  const router = Router();
  router.get("/api/v1/slo", async (_request, response) => {
    response.setHeader("Cache-Control", "no-store");
    response.json(await checker.current());
  });
  return router;
}
