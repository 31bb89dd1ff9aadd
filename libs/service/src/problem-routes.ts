import type { ErrorRequestHandler, RequestHandler } from "express";
import { allowedMethods, type RouteHolder } from "./allowed-methods.ts";
import { type Problem, ProblemError, sendProblem } from "./problem.ts";

/** The one call of a logger that is needed here. */
interface ErrorLog {
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Makes the last route of an app: 405 with `Allow` when the path exists under other methods, else 404.
 * `app` is the express app or router that holds the routes.
 */
export function createProblemFallback(app: RouteHolder): RequestHandler {
  return (request, response) => {
    const methods = allowedMethods(app, request.path);
    if (methods.length === 0) {
      sendProblem(response, { status: 404, detail: "nothing answers at this path" });
      return;
    }
    const Allow = methods.join(", ");
    const detail = `${request.method} is not served here, use ${Allow}`;
    sendProblem(response, { status: 405, detail, headers: { Allow } });
  };
}

/**
 * Makes the error middleware of an app, to be mounted after every route.
 * Errors of the client keep their status and say what to mend; of all others the client learns only
 * that something failed, and the log learns what.
 */
export function createProblemErrors(logger: ErrorLog): ErrorRequestHandler {
  // Express tells error middleware by its four parameters.
  return (error: unknown, request, response, _next) => {
    const correlation_id = response.getHeader("X-Correlation-ID");
    const extensions = correlation_id === undefined ? {} : { correlation_id };
    const problem = problemOf(error);
    if (problem.status >= 500 && !(error instanceof ProblemError)) {
      const { method, path } = request;
      logger.error("request failed", { error, method, path, ...extensions });
    }
    sendProblem(response, { ...problem, ...extensions });
  };
}

/** What body-parser's error types mean to whoever sent the request. */
const BODY_PROBLEMS: Record<string, string> = {
  "charset.unsupported": "the body's charset is not supported, send UTF-8",
  "encoding.unsupported":
    "the Content-Encoding is not supported, send the body as it is or gzipped",
  "entity.parse.failed": "the body is not valid JSON",
  "entity.too.large": "the body is too large",
  "request.aborted": "the body ended too early",
  "request.size.invalid": "the body's size is not what Content-Length says",
};

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const status = clientStatus(error);
  if (status === undefined) {
    return { status: 500, detail: "the request could not be served; the cause is in the log" };
  }
  const type = property(error, "type");
  const detail = typeof type === "string" ? BODY_PROBLEMS[type] : undefined;
  return detail === undefined ? { status } : { status, detail };
}

/** The 4xx status that express and its middleware put on errors which the client caused. */
function clientStatus(error: unknown): number | undefined {
  const status = property(error, "status") ?? property(error, "statusCode");
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
