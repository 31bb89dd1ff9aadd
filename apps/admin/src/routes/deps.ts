import type { DynamicConfig } from "@mutt/dynamic-config";
import type { Environment, Redactor } from "@mutt/service";
import type { RequestHandler } from "express";
import type { Redis } from "ioredis";
import type { Sessions } from "../auth/sessions.ts";
import type { OpenQueues } from "../open-queues.ts";

/** What the routes of the API work on. */
export interface RouteDeps {
  /** A fail-fast connection. */
  redis: Redis;
  prefix: string;
  /** Of this process: run-time settings that Redis has no value for. */
  env: Environment;
  config: Pick<DynamicConfig, "get">;
  queues: OpenQueues;
  sessions: Sessions;
  redactor: Redactor;
  /** Where browsers reach the app; empty for the root. */
  basePath: string;
  /** What this installation calls itself. */
  environment: string | undefined;
  /** Serves `GET /api/v1/slo`. */
  slo: RequestHandler;
}
