import { ProblemError } from "@mutt/service";
import type { AuditBy } from "@mutt/store";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { type Door, demandRole, type Visitor } from "../auth/door.ts";
import { Reason } from "./fields.ts";
import { badRequest, parseInput } from "./parse-input.ts";
import type { ApiAnswer, ApiRequest, ApiRoute } from "./route.ts";

/** What every route needs besides its own. */
export interface ServeDeps {
  door: Door;
  /** Rejects, soon, when Redis does not answer. */
  ping(): Promise<unknown>;
}

const ReasonField = z.object({ reason: Reason });

/** JSON bodies are small documents; a rules file may be as large as the file format allows. */
const JSON_LIMIT = "1mb";
const FILE_LIMIT = "5mb";

/** Makes the express routes of the table: key, role, Redis, body and schemas are checked in this order. */
export function serveRoutes(routes: readonly ApiRoute[], deps: ServeDeps): Router {
  const router = Router();
  for (const route of routes) {
    const handlers: RequestHandler[] = [letIn(route, deps)];
    if (route.method !== "get") handlers.push(...bodyReaders(route));
    router[route.method](route.path, ...handlers, route.served ?? answerWith(route));
  }
  return router;
}

/** Who is behind a request that was let in. */
const visitors = new WeakMap<Request, Visitor>();

function letIn(route: ApiRoute, { door, ping }: ServeDeps): RequestHandler {
  return async (request, _response, next) => {
    if (route.role !== "open") {
      const visitor = await door.enter(request);
      demandRole(visitor.identity, route.role);
      visitors.set(request, visitor);
    }
    // One quick question, or a Redis that is frozen would cost each command of the route its time limit.
    if (!route.worksWithoutRedis) await ping();
    next();
  };
}

function bodyReaders(route: ApiRoute): RequestHandler[] {
  if (route.bodyType === "rules-file")
    return [express.text({ type: () => true, limit: FILE_LIMIT })];
  return [refuseOtherTypes, express.json({ limit: JSON_LIMIT, strict: false })];
}

/** A body that nobody reads would be taken for an empty one. */
const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  const hasBody = encoding !== undefined || (length !== undefined && length !== "0");
  if (hasBody && request.is("application/json") === false) {
    const detail = "send the body as JSON, with Content-Type: application/json";
    throw new ProblemError({ status: 415, detail });
  }
  next();
};

function answerWith(route: ApiRoute): RequestHandler {
  return async (request, response) => {
    await send(response, await route.handle(readRequest(route, request)));
  };
}

function readRequest(route: ApiRoute, request: Request): ApiRequest<unknown, unknown, unknown> {
  const visitor = visitors.get(request) as Visitor;
  const { query, body, reason } = takeReason(route, request);
  const parse = (schema: ApiRoute["body"], given: unknown, place: "path" | "query" | "body") =>
    schema === undefined ? undefined : parseInput(schema, given, place);
  const by: AuditBy = { actor: visitor?.identity.name ?? "", role: visitor?.identity.role ?? "" };
  return {
    visitor,
    params: parse(route.params, request.params, "path"),
    query: parse(route.query, query, "query"),
    body: parse(route.body, body, "body"),
    by: reason === undefined ? by : { ...by, reason },
    ifMatch: request.headers["if-match"],
    raw: request,
  };
}

/** The reason of a change stands beside the document that is changed, so that no schema has to know it. */
function takeReason(route: ApiRoute, request: Request) {
  const query: Record<string, unknown> = { ...request.query };
  let body: unknown = request.body ?? (route.body === undefined ? undefined : {});
  if (route.reason === undefined) return { query, body, reason: undefined };
  let given = query.reason;
  delete query.reason;
  if (typeof body === "object" && body !== null && Object.hasOwn(body, "reason")) {
    const { reason, ...rest } = body as Record<string, unknown>;
    given = reason;
    body = rest;
  }
  const isBlank = given === undefined || given === null || given === "";
  const reason = isBlank ? "" : parseInput(ReasonField, { reason: given }, "body").reason;
  if (reason === "" && route.reason === "required") {
    throw badRequest([{ field: "reason", detail: "is missing; say why, for the audit log" }]);
  }
  return { query, body, reason: reason || undefined };
}

async function send(response: Response, answer: ApiAnswer): Promise<void> {
  const { status = 200, body, headers = {}, write } = answer;
  response.status(status).set({ "Cache-Control": "no-store", ...headers });
  if (write) await write(response);
  else if (body === undefined) response.end();
  else if (typeof body === "string") response.end(body);
  else response.json(body);
}
