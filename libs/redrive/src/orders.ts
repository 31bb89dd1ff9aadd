import { DeadLetterFilter } from "@mutt/replay";
import { z } from "zod";
import { RedriveError } from "./redrive-error.ts";

/** The fastest pace that can be asked for, in entries a second; the storm cap holds besides. */
export const MAX_PER_SECOND = 1000;

const reason = z
  .string()
  .trim()
  .min(1, "say why, for the audit log")
  .max(500, "at most 500 characters");

/** A request for a plan, as the API takes it. */
const PlanOrder = z.strictObject({
  filter: DeadLetterFilter.default({}),
  all: z.boolean().default(false),
});

/** A request for a redrive, as the API takes it. */
const StartOrder = z.strictObject({
  planId: z.string().min(1),
  reason,
  maxPerSecond: z.number().positive().max(MAX_PER_SECOND),
  all: z.boolean().default(false),
});

/** What to plan. */
export type PlanOrder = z.infer<typeof PlanOrder>;

/** What to carry out, why, and how fast at most. */
export type StartOrder = z.infer<typeof StartOrder>;

/** Reads a filter that somebody typed or sent. Throws a `RedriveError` that names the field. */
export function parseFilter(raw: unknown): DeadLetterFilter {
  return parse(DeadLetterFilter, raw);
}

/** Reads the body of a request for a plan. Throws a `RedriveError` that names the field. */
export function parsePlanOrder(raw: unknown): PlanOrder {
  return parse(PlanOrder, raw ?? {});
}

/** Reads the body of a request for a redrive. Throws a `RedriveError` that names the field. */
export function parseStartOrder(raw: unknown): StartOrder {
  const body = typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
  const { plan_id: planId, max_per_second: maxPerSecond, ...rest } = body;
  const given = {
    ...(planId === undefined ? {} : { planId }),
    ...(maxPerSecond === undefined ? {} : { maxPerSecond }),
    ...rest,
  };
  return parse(StartOrder, given);
}

/** The reason of a change; throws a `RedriveError` when there is none. */
export function requireReason(given: string | undefined): string {
  return parse(z.strictObject({ reason }), { reason: given ?? "" }).reason;
}

function parse<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.infer<Schema> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])];
  const field = path.map(String).join(".") || "body";
  const problem = unknown === undefined ? (issue?.message ?? "invalid") : "there is no such field";
  throw new RedriveError("invalid", `${field}: ${problem}`, field);
}
