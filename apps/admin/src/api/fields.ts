import { z } from "zod";
import { badRequest } from "./parse-input.ts";

/** Items of one page at most. */
const MAX_LIMIT = 200;

/** The two parameters of every list. */
export const PageQuery = z.strictObject({
  limit: wholeNumber(1, MAX_LIMIT).default(50).describe("Items of this page at most"),
  cursor: z.string().min(1).max(2000).optional().describe("`next_cursor` of the page before"),
});

/** Why a change is made; it stands in the audit log. */
export const Reason = z
  .string({ error: "a reason is text" })
  .trim()
  .max(500, { error: "a reason has at most 500 characters" });

/** A whole number in a query string or a path, in plain digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  const error = `expected a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error })
    .meta({ override: { type: "integer", minimum: min, maximum: max } });
}

/** A switch in a query string. */
export const Flag = z
  .enum(["1", "true", "0", "false"], { error: "expected 1 or 0" })
  .transform((value) => value === "1" || value === "true")
  .default(false);

/** A host name in a path or a body: as it is matched, in lower case. */
export const Hostname = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]*$/u, { error: "control characters cannot stand in a host name" })
  .transform((name) => name.toLowerCase());

/** A page of a list, for the description of answers. */
export function pageOf(item: z.ZodType): z.ZodType {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().describe("Asks for the next page; null on the last one"),
  });
}

/** What a list answers. */
export function page<T>(items: readonly T[], next: string | undefined) {
  return { items, next_cursor: next ?? null };
}

/** A page of a list that was read as a whole; the cursor is the position. */
export function sliceOf<T>(
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  const from = positionOf(cursor);
  const to = from + limit;
  return page(all.slice(from, to), to < all.length ? String(to) : undefined);
}

function positionOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw badRequest([{ field: "cursor", detail: "expected the next_cursor of the page before" }]);
}
