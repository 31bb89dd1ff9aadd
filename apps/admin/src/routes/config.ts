import {
  listSettings,
  resetSetting,
  type SeenSetting,
  SettingError,
  type SettingRow,
  setSetting,
} from "@mutt/dynamic-config";
import { type AuditBy, readAuditPage, recordAudit } from "@mutt/store";
import { z } from "zod";
import { etagOf, readIfMatch } from "../api/etag.ts";
import { PageQuery, page, pageOf, sliceOf } from "../api/fields.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import { AuditCursor, AuditRecord } from "./audit.ts";
import type { RouteDeps } from "./deps.ts";

const SettingName = z.strictObject({ key: z.string().max(100).describe("Name of a setting") });
const Value = z.union([z.string().max(200), z.number(), z.boolean()], {
  error: "expected a text, a number or a boolean",
});

const Setting = z.object({
  key: z.string(),
  value: Value,
  default: Value,
  source: z.enum(["redis", "environment", "default"]),
  type: z.string(),
  allowed: z.string(),
  unit: z.string(),
  description: z.string(),
  problem: z.string().optional(),
});

const Change = z.object({ key: z.string(), old: Value, new: Value });

const NOT_FOUND = { status: 404, description: "There is no such setting" };
const STALE = { status: 412, description: "The setting was changed since it was read" };

/** Makes the routes of the run-time settings. */
export function configRoutes(deps: RouteDeps): ApiRoute[] {
  const { redis, prefix, env } = deps;
  const changeDeps = (by: AuditBy) => ({
    redis,
    prefix,
    env,
    recordAudit: (
      transaction: Parameters<ReturnType<typeof recordAudit>>[0],
      entry: Parameters<ReturnType<typeof recordAudit>>[1],
    ) => recordAudit(prefix)(transaction, { ...entry, ...(by.role ? { role: by.role } : {}) }),
  });
  const whoAndWhy = ({ actor, reason }: AuditBy) => ({
    actor,
    ...(reason === undefined ? {} : { reason }),
  });
  const isSeen = (ifMatch: string | undefined) => {
    const agrees = readIfMatch(ifMatch);
    return (stored: SeenSetting) => agrees(version(stored.value, stored.isStored));
  };

  return [
    defineRoute({
      method: "get",
      path: "/api/v1/config",
      role: "viewer",
      summary: "List the run-time settings: value, default, source, type, description",
      query: PageQuery,
      answers: [{ status: 200, description: "A page of settings", schema: pageOf(Setting) }],
      async handle({ query }) {
        const rows = await listSettings(deps);
        return { body: sliceOf(rows, query), headers: { ETag: etagOf(rows) } };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/config/history",
      role: "viewer",
      summary: "List the changes of settings, the newest first",
      query: PageQuery.extend({
        key: z.string().max(100).optional().describe("Of this setting alone"),
        cursor: AuditCursor,
      }),
      answers: [{ status: 200, description: "A page of changes", schema: pageOf(AuditRecord) }],
      async handle({ query: { key, limit, cursor } }) {
        const filter = { action: "config", target: key };
        const { items, next } = await readAuditPage(deps, filter, { limit, after: cursor });
        return { body: page(items, next) };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/config/:key",
      role: "viewer",
      summary: "Read a run-time setting",
      params: SettingName,
      answers: [{ status: 200, description: "The setting", schema: Setting }, NOT_FOUND],
      async handle({ params: { key } }) {
        const row = (await listSettings(deps)).find((each) => each.key === key);
        if (row === undefined) {
          throw new SettingError("unknown_key", key, "there is no setting of this name");
        }
        return { body: row, headers: { ETag: etagOfRow(row) } };
      },
    }),
    defineRoute({
      method: "put",
      path: "/api/v1/config/:key",
      role: "admin",
      summary: "Put a value in force in every process",
      reason: "required",
      params: SettingName,
      body: z.strictObject({ value: Value }),
      answers: [
        { status: 200, description: "The change", schema: Change },
        NOT_FOUND,
        { status: 409, description: "The value does not go with another setting" },
        STALE,
      ],
      async handle({ params: { key }, body: { value }, by, ifMatch }) {
        const change = { key, value, ...whoAndWhy(by), isSeen: isSeen(ifMatch) };
        const made = await setSetting(changeDeps(by), change);
        return { body: made, headers: { ETag: etagOf(version(made.new, true)) } };
      },
    }),
    defineRoute({
      method: "delete",
      path: "/api/v1/config/:key",
      role: "admin",
      summary: "Put the environment's value, or the default, back in force",
      reason: "optional",
      params: SettingName,
      answers: [
        { status: 200, description: "The change", schema: Change },
        NOT_FOUND,
        { status: 409, description: "The value does not go with another setting" },
        STALE,
      ],
      async handle({ params: { key }, by, ifMatch }) {
        const change = { key, ...whoAndWhy(by), isSeen: isSeen(ifMatch) };
        return { body: await resetSetting(changeDeps(by), change) };
      },
    }),
  ];
}

function etagOfRow(row: SettingRow): string {
  return etagOf(version(row.value, row.source === "redis" || row.problem !== undefined));
}

function version(value: unknown, isStored: boolean) {
  return { value, isStored };
}
