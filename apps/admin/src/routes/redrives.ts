import { createDeadLetterReader } from "@mutt/queues";
import {
  listRedrives,
  MAX_PER_SECOND,
  parseStartOrder,
  planRedrive,
  readRedrive,
  startRedrive,
  steerRedrive,
} from "@mutt/redrive";
import { DeadLetterFilter, isNarrow } from "@mutt/replay";
import { ProblemError } from "@mutt/service";
import { storeKeys } from "@mutt/store";
import { z } from "zod";
import { PageQuery, page, pageOf } from "../api/fields.ts";
import { badRequest } from "../api/parse-input.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const Counts = z.record(z.string(), z.int());

const Plan = z.looseObject({
  plan_id: z.string(),
  expires_at: z.string().describe("ISO 8601: after it the plan cannot be carried out"),
  count: z.int(),
  by_queue: Counts,
  by_class: Counts,
  sample: z.array(z.looseObject({ id: z.string(), queue: z.string(), error: z.string() })),
  estimate_seconds: z.number().nullable(),
});

const Redrive = z.looseObject({
  id: z.string(),
  state: z.enum(["running", "paused", "done", "cancelled", "failed"]),
  total: z.int(),
  done: z.int(),
  skipped: z.int(),
  max_per_second: z.number(),
  actor: z.string(),
  reason: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  waiting_for: z.string().nullable(),
});

const RedrivePath = z.strictObject({ id: z.string().max(100).describe("Id of the redrive") });
const All = z
  .boolean()
  .default(false)
  .describe("Needed where the filter names no more than a queue");
const Pace = z.number().positive().max(MAX_PER_SECOND);

const NOT_FOUND = { status: 404, description: "There is no such redrive" };
const CONFLICT = { status: 409, description: "Its state does not allow it" };

/** Makes the routes that replay many dead letters: plan, start, steer. */
export function redriveRoutes(deps: RouteDeps): ApiRoute[] {
  const { redis, prefix, config } = deps;
  const entries = createDeadLetterReader(redis, prefix);
  const orders = { redis, prefix, auditKey: storeKeys(prefix).audit };
  const path = "/api/v1/redrives";
  return [
    defineRoute({
      method: "post",
      path: `${path}/plan`,
      role: "operator",
      summary: "Say what a redrive would do; nothing is replayed",
      body: z.strictObject({ filter: DeadLetterFilter.default({}), all: All }),
      answers: [{ status: 200, description: "The plan; it holds for an hour", schema: Plan }],
      async handle({ body: { filter, all }, by }) {
        if (!isNarrow(filter) && !all) {
          const detail = "is missing; give a filter, or all: true if everything is meant";
          throw badRequest([{ field: "all", detail }]);
        }
        const settings = {
          maxPoisonRetries: config.get("max_poison_retries"),
          batchSize: config.get("remediation_batch_size"),
          intervalSeconds: config.get("remediation_interval"),
        };
        const order = { filter, all, actor: by.actor };
        return { body: await planRedrive({ redis, prefix, entries, settings }, order) };
      },
    }),
    defineRoute({
      method: "post",
      path,
      role: "operator",
      summary: "Carry a plan out",
      reason: "required",
      body: z.strictObject({
        planId: z.string().max(100).optional(),
        plan_id: z.string().max(100).optional().describe("As planId"),
        maxPerSecond: Pace.optional().describe(
          "Entries a second at most; the storm cap holds besides",
        ),
        max_per_second: Pace.optional().describe("As maxPerSecond"),
        all: All,
      }),
      answers: [
        { status: 201, description: "The redrive", schema: Redrive },
        { status: 404, description: "There is no such plan, or it has run out" },
        { status: 409, description: "Another redrive works on one of the queues" },
      ],
      async handle({ body, by }) {
        const order = parseStartOrder({ ...body, reason: by.reason });
        const redrive = await startRedrive(orders, order, by);
        const Location = `${deps.basePath}${path}/${redrive.id}`;
        return { status: 201, body: redrive, headers: { Location } };
      },
    }),
    defineRoute({
      method: "get",
      path,
      role: "viewer",
      summary: "List redrives, the newest first",
      query: PageQuery,
      answers: [{ status: 200, description: "A page of redrives", schema: pageOf(Redrive) }],
      async handle({ query: { limit, cursor } }) {
        const { items, next } = await listRedrives(deps, { limit, after: cursor });
        return { body: page(items, next) };
      },
    }),
    defineRoute({
      method: "get",
      path: `${path}/:id`,
      role: "viewer",
      summary: "Say how a redrive gets on",
      params: RedrivePath,
      answers: [{ status: 200, description: "The redrive", schema: Redrive }, NOT_FOUND],
      async handle({ params: { id } }) {
        const redrive = await readRedrive(deps, id);
        if (redrive === undefined) {
          throw new ProblemError({ status: 404, detail: "there is no redrive of this id" });
        }
        return { body: redrive };
      },
    }),
    ...(["pause", "resume", "cancel"] as const).map((order) =>
      defineRoute({
        method: "post",
        path: `${path}/:id/${order}`,
        role: "operator",
        summary: `${order.slice(0, 1).toUpperCase()}${order.slice(1)} a redrive`,
        reason: "optional",
        params: RedrivePath,
        body: z.strictObject({}),
        answers: [
          { status: 200, description: "The redrive", schema: Redrive },
          NOT_FOUND,
          CONFLICT,
        ],
        handle: async ({ params: { id }, by }) => ({
          body: await steerRedrive(orders, { id, order }, by),
        }),
      }),
    ),
  ];
}
