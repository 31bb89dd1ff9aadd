import { SettingError } from "@mutt/dynamic-config";
import { RedriveError, type RedriveErrorReason } from "@mutt/redrive";
import { RuleSetError, type RuleSetProblem, RulesFileError } from "@mutt/rules";
import { ProblemError } from "@mutt/service";
import { StoreError, type StoreErrorReason } from "@mutt/store";
import type { ErrorRequestHandler } from "express";
import { badRequest } from "./parse-input.ts";

const STORE_STATUS: Record<StoreErrorReason, number> = {
  not_found: 404,
  exists: 409,
  stale: 412,
  busy: 503,
};

const SETTING_STATUS: Record<SettingError["reason"], number> = {
  unknown_key: 404,
  invalid_value: 400,
  conflict: 409,
  stale: 412,
};

const REDRIVE_STATUS: Record<RedriveErrorReason, number> = {
  invalid: 400,
  not_found: 404,
  conflict: 409,
};

/** How ioredis and Redis say that a command was not carried out for reasons that pass. */
const REDIS_AWAY =
  /isn't writeable|timed out|Connection is closed|connection close|max retries|Socket timeout|^(OOM|EXECABORT|MISCONF|READONLY|LOADING|CLUSTERDOWN|MASTERDOWN)\b|^(connect|read|write) E[A-Z]+/;

/** Makes problems of the errors that the libraries throw, for whoever answers with them. */
export const namedProblems: ErrorRequestHandler = (error, _request, _response, next) => {
  next(asProblem(error));
};

/** What an error of the libraries means to who asked; anything unknown is passed on as it is, and becomes a 500. */
export function asProblem(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreError) {
    const status = STORE_STATUS[error.reason];
    return new ProblemError({ status, detail: error.message, ...retryHeaders(status) });
  }
  if (error instanceof SettingError) {
    const status = SETTING_STATUS[error.reason];
    return new ProblemError({ status, detail: error.message, field: error.key });
  }
  if (error instanceof RedriveError) {
    const { reason, message, field } = error;
    const status = REDRIVE_STATUS[reason];
    return new ProblemError({ status, detail: message, ...(field === undefined ? {} : { field }) });
  }
  if (error instanceof RuleSetError) return badRequest(error.problems.map(ofRule));
  if (error instanceof RulesFileError) {
    return badRequest(
      error.problems.map(({ where, field, detail }) => ({
        field: [where, field].filter((part) => part !== "").join(": ") || "body",
        detail,
      })),
    );
  }
  if (isRedisAway(error)) {
    return new ProblemError({
      status: 503,
      detail:
        "Redis does not answer: try again in a moment; a change may or may not have been made",
      ...retryHeaders(503),
    });
  }
  return error;
}

function retryHeaders(status: number) {
  return status === 503 ? { headers: { "Retry-After": "1" } } : {};
}

function ofRule({ id, name, field, detail }: RuleSetProblem) {
  const rule = `rule ${id ?? "without id"}${name === undefined ? "" : ` (${name})`}`;
  return { field: field === "" ? rule : `${rule}: ${field}`, detail };
}

function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return REDIS_AWAY.test(error.message) || isRedisAway(error.cause);
}
