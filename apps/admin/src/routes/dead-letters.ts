import { DEAD_LETTER_CLASSES } from "@mutt/dead-letter";
import {
  createDeadLetterReader,
  DEAD_LETTER_QUEUES,
  type DeadLetterItem,
  listDeadLetters,
} from "@mutt/queues";
import { createGroupView, quarantineGroup, releaseGroup } from "@mutt/redrive";
import { DeadLetterFilter, matchesFilter } from "@mutt/replay";
import { ProblemError } from "@mutt/service";
import { storeKeys } from "@mutt/store";
import { z } from "zod";
import { PageQuery, page, pageOf, sliceOf } from "../api/fields.ts";
import { badRequest } from "../api/parse-input.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const Fingerprint = z.strictObject({
  fingerprint: z.string().max(100).describe("Group: 16 hexadecimal digits"),
});

const Entry = z
  .looseObject({
    id: z.string().describe("Id of its job"),
    queue: z.enum(DEAD_LETTER_QUEUES),
    state: z.enum(["failed", "delayed", "waiting"]).describe("Parked, held back, or on its way"),
    alert_id: z.string(),
    origin_queue: z.enum(["ingest", "alert"]),
    class: z.enum(DEAD_LETTER_CLASSES),
    reason: z.string(),
    error: z.string(),
    fingerprint: z.string(),
    replays: z.int(),
    first_failed_at: z.string(),
    last_failed_at: z.string(),
  })
  .describe("A dead letter, with the place of its job");

const Group = z.looseObject({
  fingerprint: z.string(),
  class: z.string(),
  reason: z.string(),
  error: z.string(),
  count: z.int(),
  queues: z.record(z.string(), z.int()),
  oldest_at: z.string(),
  newest_at: z.string(),
  quarantined: z.boolean(),
});

/** Makes the routes of single dead letters and of their groups. */
export function deadLetterRoutes(deps: RouteDeps): ApiRoute[] {
  const { redis, prefix, redactor } = deps;
  const entries = createDeadLetterReader(redis, prefix);
  const groups = createGroupView({ redis, prefix, entries });
  const orders = { redis, prefix, auditKey: storeKeys(prefix).audit };
  const answer = ({ id, queue, state, entry }: Omit<DeadLetterItem, "cursor">) => ({
    id,
    queue,
    state,
    ...(redactor.value(entry) as object),
  });

  return [
    defineRoute({
      method: "get",
      path: "/api/v1/dlq",
      role: "viewer",
      summary: "List dead letters, those that failed last first",
      query: PageQuery.extend(DeadLetterFilter.shape),
      answers: [{ status: 200, description: "A page of dead letters", schema: pageOf(Entry) }],
      async handle({ query: { limit, cursor, ...filter } }) {
        const nowMs = Date.now();
        const isMeant = (item: DeadLetterItem) => matchesFilter(item, filter, nowMs);
        const options = { limit, cursor, queue: filter.queue };
        try {
          const { items, next } = await listDeadLetters(entries, isMeant, options);
          return { body: page(items.map(answer), next) };
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          const detail = "expected the next_cursor of the page before";
          throw badRequest([{ field: "cursor", detail }]);
        }
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/dlq/groups",
      role: "viewer",
      summary: "List the kinds of dead letters, the largest first",
      query: PageQuery,
      answers: [{ status: 200, description: "A page of groups", schema: pageOf(Group) }],
      async handle({ query }) {
        const { groups: all, others, read_at } = await groups.read();
        return { body: { ...sliceOf(all, query), others, read_at } };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/dlq/:id",
      role: "viewer",
      summary: "Read a dead letter with all that was tried",
      params: z.strictObject({ id: z.string().max(300).describe("Id of its job") }),
      query: z.strictObject({ queue: z.enum(DEAD_LETTER_QUEUES).optional() }),
      answers: [
        { status: 200, description: "The dead letter", schema: Entry },
        { status: 404, description: "There is none of that id" },
      ],
      async handle({ params: { id }, query: { queue } }) {
        const found = await entries.find(id, queue);
        if (found === undefined) {
          const detail = "there is no dead letter of this id; it may have been replayed";
          throw new ProblemError({ status: 404, detail });
        }
        return { body: answer(found) };
      },
    }),
    ...(["quarantine", "release"] as const).map((action) =>
      defineRoute({
        method: "post",
        path: `/api/v1/dlq/groups/:fingerprint/${action}`,
        role: "operator",
        summary:
          action === "quarantine"
            ? "Keep a kind of dead letters from being replayed"
            : "Let a kind of dead letters be replayed again",
        reason: "required",
        params: Fingerprint,
        body: z.strictObject({}),
        answers: [
          { status: 200, description: "Whether the group is quarantined now" },
          { status: 404, description: "The group is not quarantined" },
          { status: 409, description: "The group is quarantined already" },
        ],
        async handle({ params: { fingerprint }, by }) {
          if (action === "quarantine") await quarantineGroup(orders, fingerprint, by);
          else await releaseGroup(orders, fingerprint, by);
          groups.forget();
          return { body: { fingerprint, quarantined: action === "quarantine" } };
        },
      }),
    ),
  ];
}
