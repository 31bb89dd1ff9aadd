import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from "node:http";

/** An error answer as RFC 9457 describes it, before it is written. Further members go out as they are. */
export interface Problem {
  status: number;
  /** The kind of problem in a few words; the name of the status when left out. */
  title?: string;
  /** What is wrong with this request and how to mend it. */
  detail?: string;
  headers?: OutgoingHttpHeaders;
  [extension: string]: unknown;
}

/** Throw it in a route to answer with this problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title ?? titleOf(problem.status));
    this.problem = problem;
  }
}

/**
 * Answers with `application/problem+json` (RFC 9457).
 * Without a `type` of its own the problem is `about:blank`, that is no more than its status.
 * An answer that has already begun cannot be taken back: its connection is cut instead.
 */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, title = titleOf(status), detail, headers = {}, ...extensions } = problem;
  const body = JSON.stringify({
    type: "about:blank",
    title,
    status,
    ...(detail !== undefined && { detail }),
    ...extensions,
  });
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value);
  }
  response.statusCode = status;
  response.setHeader("Content-Type", "application/problem+json; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(response.req.method === "HEAD" ? undefined : body);
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? "Error";
}
