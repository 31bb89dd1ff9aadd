import { randomUUID } from "node:crypto";
import { createOutageLog } from "@mutt/redis";
import { type Logger, sendProblem } from "@mutt/service";
import type { Tracing } from "@mutt/tracing";
import { type Request, type Response, Router } from "express";
import type { StoredAnswer } from "./idempotency.ts";
import { type IngestDeps, ingest } from "./ingest.ts";
import { discardBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";
import { correlationIdOf } from "./request.ts";

/** Makes the ingest routes: `POST /api/v1/ingest` and its alias `/ingest`. Without tracing there are no spans. */
export function createIngestRoutes(
  deps: IngestDeps,
  { logger, tracing }: { logger: Logger; tracing?: Tracing | undefined },
): Router {
  const router = Router();
  const outage = createOutageLog(logger, "accepting events");
  router.post(["/api/v1/ingest", "/ingest"], async (request, response) => {
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    const correlationId = correlationIdOf(request.headers);
    response.setHeader("X-Correlation-ID", correlationId ?? randomUUID());
    const span = tracing?.receive(receivedRequest(request, correlationId));
    try {
      if (correlationId === undefined) throw badCorrelationId();
      sendAnswer(response, await ingest(deps, request, { correlationId, span }));
      deps.metrics.requestAccepted(seconds());
      span?.end({ status: response.statusCode });
      outage.succeeded();
    } catch (error) {
      if (!(await discardBody(request))) {
        span?.end({});
        return;
      }
      const refusal = toRefusal(error, logger);
      if (refusal.reason === "redis_unavailable") outage.failed(refusal.cause ?? refusal);
      deps.metrics.requestRefused(refusal.reason, seconds());
      sendRefusal(response, request, refusal);
      span?.end({ status: refusal.status, reason: refusal.reason });
    }
  });
  return router;
}

function receivedRequest(
  { method, path, headers }: Request,
  correlationId: string | undefined,
): Parameters<Tracing["receive"]>[0] {
  return { method, route: "/api/v1/ingest", path, headers, correlationId };
}

function badCorrelationId(): Refusal {
  return new Refusal(
    400,
    "bad_request",
    "X-Correlation-ID: expected 1 to 128 printable ASCII characters",
    { extensions: { field: "X-Correlation-ID" } },
  );
}

function toRefusal(error: unknown, logger: Logger): Refusal {
  if (error instanceof Refusal) return error;
  logger.error("an ingest request failed by a defect", { error });
  return new Refusal(500, "internal", "the request failed; nothing was acknowledged");
}

function sendAnswer(response: Response, answer: StoredAnswer): void {
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

function sendRefusal(response: Response, request: Request, refusal: Refusal): void {
  sendProblem(response, {
    ...refusal.extensions,
    status: refusal.status,
    detail: refusal.message,
    headers: refusal.headers,
    reason: refusal.reason,
    instance: request.path,
  });
}
