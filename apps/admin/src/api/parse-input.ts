import { ProblemError } from "@mutt/service";
import type { z } from "zod";

/** What is wrong with one field of a request. */
export interface FieldProblem {
  field: string;
  detail: string;
}

/** Parts of a request that are read through a schema. */
export type InputPlace = "path" | "query" | "body";

/** A request may have thousands of wrong fields; this many are told. */
const MAX_PROBLEMS = 50;

/** Longer names of fields are cut: whoever made them up knows them. */
const MAX_NAME = 100;

/** Reads a part of a request; throws a 400 that names each field that is wrong, the kind of value, and what it must be. */
export function parseInput<T>(schema: z.ZodType<T>, given: unknown, place: InputPlace): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw badRequest(result.error.issues.flatMap((issue) => problemsOf(issue, place)));
}

/** The problem of a request with wrong fields. */
export function badRequest(problems: readonly FieldProblem[]): ProblemError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new ProblemError({
    status: 400,
    detail: first ? `${first.field}: ${first.detail}${more}` : "the request is not valid",
    ...(first && { field: first.field }),
    errors: problems.slice(0, MAX_PROBLEMS),
  });
}

function problemsOf(issue: z.core.$ZodIssue, place: InputPlace): FieldProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: nameOf([...issue.path, key], place),
      detail: issue.message.startsWith("Unrecognized")
        ? `is not known in the ${place}`
        : issue.message,
    }));
  }
  const missing = issue.message.endsWith("received undefined");
  const detail = missing ? `is missing; ${lower(issue.message)}` : lower(issue.message);
  return [{ field: nameOf(issue.path, place), detail }];
}

function nameOf(path: readonly PropertyKey[], place: InputPlace): string {
  const name = path.map(String).join(".").slice(0, MAX_NAME);
  return name === "" ? place : name;
}

function lower(message: string): string {
  return message
    .replace(/^Invalid input: /, "")
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
