import { RuleDraftSchema, RuleSchema } from "@mutt/rules";
import { createRule, deleteRule, readRuleBook, replaceRule, StoreError } from "@mutt/store";
import { z } from "zod";
import { etagOf, readIfMatch } from "../api/etag.ts";
import { PageQuery, pageOf, sliceOf, wholeNumber } from "../api/fields.ts";
import { badRequest, parseInput } from "../api/parse-input.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const RuleId = z.strictObject({ id: wholeNumber(1, Number.MAX_SAFE_INTEGER).describe("Rule id") });

const NOT_FOUND = { status: 404, description: "There is no such rule" };
const STALE = { status: 412, description: "The rule was changed since it was read" };

/** Makes the routes of single rules. */
export function ruleRoutes(deps: RouteDeps): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/rules",
      role: "viewer",
      summary: "List the rules in the order in which they are asked",
      query: PageQuery,
      answers: [{ status: 200, description: "A page of rules", schema: pageOf(RuleSchema) }],
      async handle({ query }) {
        const { rules, version } = await readRuleBook(deps);
        return { body: sliceOf(rules, query), headers: { ETag: `"v${version}"` } };
      },
    }),
    defineRoute({
      method: "post",
      path: "/api/v1/rules",
      role: "admin",
      summary: "Make a rule; without an id it gets the next free one",
      reason: "optional",
      body: RuleDraftSchema,
      answers: [
        { status: 201, description: "The rule", schema: RuleSchema },
        { status: 409, description: "The id is taken" },
      ],
      async handle({ body, by }) {
        const rule = await createRule(deps, body, by);
        const Location = `${deps.basePath}/api/v1/rules/${rule.id}`;
        return { status: 201, body: rule, headers: { ETag: etagOf(rule), Location } };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/rules/:id",
      role: "viewer",
      summary: "Read a rule",
      params: RuleId,
      answers: [{ status: 200, description: "The rule", schema: RuleSchema }, NOT_FOUND],
      async handle({ params: { id } }) {
        const { rules } = await readRuleBook(deps);
        const rule = rules.find((each) => each.id === id);
        if (rule === undefined) throw new StoreError("not_found", `there is no rule ${id}`);
        return { body: rule, headers: { ETag: etagOf(rule) } };
      },
    }),
    defineRoute({
      method: "put",
      path: "/api/v1/rules/:id",
      role: "admin",
      summary: "Replace a rule",
      reason: "optional",
      params: RuleId,
      body: RuleDraftSchema,
      answers: [{ status: 200, description: "The rule", schema: RuleSchema }, NOT_FOUND, STALE],
      async handle({ params: { id }, body, by, ifMatch }) {
        if (body.id !== undefined && body.id !== id) {
          throw badRequest([{ field: "id", detail: `is ${body.id}, the path says ${id}` }]);
        }
        const rule = parseInput(RuleSchema, { ...body, id }, "body");
        await replaceRule(deps, rule, { ...by, isSeen: readIfMatch(ifMatch) });
        return { body: rule, headers: { ETag: etagOf(rule) } };
      },
    }),
    defineRoute({
      method: "delete",
      path: "/api/v1/rules/:id",
      role: "admin",
      summary: "Remove a rule, whether or not it ever matched",
      reason: "optional",
      params: RuleId,
      answers: [{ status: 204, description: "It is gone" }, NOT_FOUND, STALE],
      async handle({ params: { id }, by, ifMatch }) {
        await deleteRule(deps, id, { ...by, isSeen: readIfMatch(ifMatch) });
        return { status: 204 };
      },
    }),
  ];
}
