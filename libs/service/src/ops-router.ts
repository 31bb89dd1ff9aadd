import { type Response, Router } from "express";
import type { Registry } from "prom-client";
import { type Check, type CheckResult, createCheckRunner } from "./checks.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { sendProblem } from "./problem.ts";

/** What the ops routes show. */
export interface OpsOptions {
  registry: Registry;
  /** Beside the event loop: does this process make progress? Never about a dependency, a restart cures none. */
  live?: readonly Check[];
  /** Can this process do its work now, dependencies included? */
  ready: readonly Check[];
}

/** Gauges may ask Redis; a scrape is answered before Prometheus gives up (10 s by default). */
const METRICS_LIMIT_MS = 5000;

/**
 * Makes the routes that operators and the platform ask: `GET /healthz` and `GET /readyz` answer
 * `{status: "ok" | "failing", checks: [{name, ok, detail?}]}` with 200 or 503, `GET /metrics` the
 * Prometheus text. They need no key.
 */
export function createOpsRouter({ registry, live = [], ready }: OpsOptions): Router {
  const router = Router();
  const runLive = createCheckRunner([startHeartbeat(), ...live]);
  const runReady = createCheckRunner(ready);

  router.get("/healthz", async (_request, response) => sendChecks(response, await runLive()));
  router.get("/readyz", async (_request, response) => sendChecks(response, await runReady()));
  router.get("/metrics", async (_request, response) => {
    const text = await metricsText(registry);
    if (text === undefined) {
      sendProblem(response, { status: 503, detail: "the metrics could not be collected in time" });
      return;
    }
    response.set("Cache-Control", "no-store").type(registry.contentType).send(text);
  });
  return router;
}

function sendChecks(response: Response, checks: CheckResult[]): void {
  const ok = checks.every((check) => check.ok);
  response
    .status(ok ? 200 : 503)
    .set("Cache-Control", "no-store")
    .json({ status: ok ? "ok" : "failing", checks });
}

async function metricsText(registry: Registry): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, METRICS_LIMIT_MS, undefined);
  try {
    return await Promise.race([registry.metrics(), late]);
  } finally {
    clearTimeout(timer);
  }
}
