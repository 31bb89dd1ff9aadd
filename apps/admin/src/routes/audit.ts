import { type AuditFilter, readAuditBatches, readAuditPage } from "@mutt/store";
import type { Response } from "express";
import { z } from "zod";
import { PageQuery, page, pageOf } from "../api/fields.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

/** An entry of the audit log, as it is answered. */
export const AuditRecord = z.object({
  id: z.string(),
  at: z.string().describe("ISO 8601"),
  actor: z.string(),
  role: z.string().optional(),
  action: z.string(),
  target: z.string(),
  old: z.unknown().optional(),
  new: z.unknown().optional(),
  reason: z.string().optional(),
});

/** Where the page before ended: the id of its last entry. */
export const AuditCursor = z
  .string()
  .regex(/^\d{1,16}-\d{1,16}$/, { error: "expected the next_cursor of the page before" })
  .optional()
  .describe("`next_cursor` of the page before");

const Moment = z
  .string()
  .refine((text) => isMoment(text), {
    error: "expected a moment such as 2026-01-31T08:00:00Z, or a date",
  })
  .transform((text) => Math.max(0, Date.parse(text)))
  .optional();

const Filter = z.strictObject({
  actor: z.string().max(200).optional().describe("Name of a key, or cli:<user>"),
  action: z.string().max(100).optional().describe("An action, or what stands before its dot"),
  target: z.string().max(300).optional().describe("What it was done to"),
  from: Moment.describe("Not before this moment"),
  to: Moment.describe("Not after this moment"),
});

/** Makes the routes of the audit log; there is none that changes it. */
export function auditRoutes(deps: RouteDeps): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/audit",
      role: "viewer",
      summary: "List who changed what, when and why, the newest first",
      query: PageQuery.extend({ ...Filter.shape, cursor: AuditCursor }),
      answers: [{ status: 200, description: "A page of entries", schema: pageOf(AuditRecord) }],
      async handle({ query: { limit, cursor, ...filter } }) {
        const { items, next } = await readAuditPage(deps, meant(filter), { limit, after: cursor });
        return { body: page(items, next) };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/audit/export",
      role: "viewer",
      summary: "Give the entries as NDJSON, the oldest first",
      query: Filter,
      answers: [
        { status: 200, description: "One entry a line", contentType: "application/x-ndjson" },
      ],
      handle: async ({ query }) => ({
        headers: {
          "Content-Type": "application/x-ndjson; charset=utf-8",
          "Content-Disposition": 'attachment; filename="mutt-audit.ndjson"',
        },
        write: (response) => writeEntries(deps, meant(query), response),
      }),
    }),
  ];
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T|$)/.test(text) && !Number.isNaN(Date.parse(text));
}

function meant({ from, to, ...rest }: z.output<typeof Filter>): AuditFilter {
  return { ...rest, fromMs: from, toMs: to };
}

/** Waits for a slow reader instead of holding the whole log in memory; one that goes away ends it. */
async function writeEntries(
  deps: RouteDeps,
  filter: AuditFilter,
  response: Response,
): Promise<void> {
  for await (const batch of readAuditBatches(deps, filter)) {
    if (response.destroyed) return;
    const isTaken = response.write(batch.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    if (!isTaken) await drained(response);
  }
  response.end();
}

async function drained(response: Response): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("drain", resolve).once("close", resolve);
  await promise;
  response.off("drain", resolve).off("close", resolve);
}
