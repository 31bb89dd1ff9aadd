import type { Role } from "@mutt/api-keys";
import type { AuditBy } from "@mutt/store";
import type { Request, RequestHandler, Response } from "express";
import type { z } from "zod";
import type { Visitor } from "../auth/door.ts";

/** A request after every check: who asks, and its parts as their schemas read them. */
export interface ApiRequest<Params, Query, Body> {
  visitor: Visitor;
  params: Params;
  query: Query;
  body: Body;
  /** The entry in the audit log that a change needs. */
  by: AuditBy;
  /** The header, as it was sent. */
  ifMatch: string | undefined;
  /** For what express alone can tell; answers go through the result. */
  raw: Request;
}

/** What a route answers; 200 where no status is given. */
export interface ApiAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Writes the body itself, piece by piece. */
  write?: (response: Response) => Promise<void>;
}

/** An answer that a route can give, for its description. */
interface AnswerDescription {
  status: number;
  description: string;
  schema?: z.ZodType;
  /** Where it is not JSON. */
  contentType?: string;
}

/** What all routes have, whatever they read. */
interface RouteDescription {
  method: "get" | "post" | "put" | "delete";
  /** As express writes it, from the root of the app. */
  path: string;
  /** The least role; `open` asks for no key at all. */
  role: Role | "open";
  summary: string;
  /** A change is audited with a reason, which stands in the body or the query. */
  reason?: "optional" | "required";
  /** The body is text of its own kind instead of JSON. */
  bodyType?: "rules-file";
  /** Whether it can be answered while Redis is away. */
  worksWithoutRedis?: true;
  answers: readonly AnswerDescription[];
  /** Answers in place of `handle`: a router that another part of the app has made. */
  served?: RequestHandler;
}

/** A route of the API: one entry of the table that requests, roles, checks and the OpenAPI document all come from. */
export interface ApiRoute extends RouteDescription {
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
  handle(request: ApiRequest<unknown, unknown, unknown>): Promise<ApiAnswer>;
}

/** A route as it is written down, with the types of what it reads. */
interface RouteDefinition<Params, Query, Body> extends RouteDescription {
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  handle(request: ApiRequest<Params, Query, Body>): Promise<ApiAnswer>;
}

/** Makes an entry of the table; what has been read through the schemas is what `handle` gets. */
export function defineRoute<Params = undefined, Query = undefined, Body = undefined>(
  definition: RouteDefinition<Params, Query, Body>,
): ApiRoute {
  const { params, query, body, handle, ...description } = definition;
  return {
    ...description,
    params,
    query,
    body,
    handle: (request) => handle(request as ApiRequest<Params, Query, Body>),
  };
}

/** Whether a route changes something. */
export function isChange({ reason }: Pick<ApiRoute, "reason">): boolean {
  return reason !== undefined;
}
