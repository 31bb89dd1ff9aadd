import { normaliseEvent } from "@mutt/event";
import { compileRules, formatRulesFile, parseRulesFile, RuleSchema } from "@mutt/rules";
import { type ImportDiff, importRules, planImport, readRuleBook } from "@mutt/store";
import { z } from "zod";
import { Flag } from "../api/fields.ts";
import { badRequest } from "../api/parse-input.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const Event = z.looseObject({}).describe("An event as senders post it, or {event} with one inside");

const HostTeam = z.object({ hostname: z.string(), team: z.string() });

const Diff = z.object({
  dry_run: z.boolean(),
  created: z.array(RuleSchema),
  updated: z.array(z.object({ id: z.int(), before: RuleSchema, after: RuleSchema })),
  removed: z.array(RuleSchema),
  unchanged: z.int(),
  dev_hosts: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  teams: z.object({ set: z.array(HostTeam), removed: z.array(z.string()) }),
});

const Verdict = z.object({
  rule_id: z.int(),
  rule_name: z.string(),
  priority: z.int(),
  verdict: z.enum(["selected", "shadowed", "no_match", "inactive"]),
  reason: z.string(),
});

const TestAnswer = z.object({
  matched: Verdict.nullable(),
  handling: z.string().nullable(),
  environment: z.enum(["dev", "prod"]),
  team: z.string(),
  verdicts: z.array(Verdict),
});

/** Makes the routes of the rules as a whole: try an event, import, export. */
export function ruleBookRoutes(deps: RouteDeps): ApiRoute[] {
  return [
    defineRoute({
      method: "post",
      path: "/api/v1/rules/test",
      role: "viewer",
      summary: "Say which rule an event would meet, and why the others do not match",
      body: Event,
      answers: [{ status: 200, description: "What each rule says", schema: TestAnswer }],
      handle: async ({ body }) => ({ body: await tryEvent(deps, body) }),
    }),
    defineRoute({
      method: "post",
      path: "/api/v1/rules/import",
      role: "admin",
      summary: "Take a rules file, YAML or JSON, all of it or nothing",
      reason: "optional",
      bodyType: "rules-file",
      query: z.strictObject({
        dry_run: Flag.describe("1: only say what would change"),
        replace: Flag.describe("1: what is not in the file goes"),
      }),
      body: z.unknown(),
      answers: [{ status: 200, description: "What it changes", schema: Diff }],
      async handle({ query, body, by }) {
        const file = parseRulesFile(typeof body === "string" ? body : "");
        const { replace } = query;
        const diff: ImportDiff = query.dry_run
          ? await planImport(deps, file, { replace })
          : (await importRules(deps, file, { ...by, replace })).diff;
        return { body: { dry_run: query.dry_run, ...diff } };
      },
    }),
    defineRoute({
      method: "get",
      path: "/api/v1/rules/export",
      role: "viewer",
      summary: "Give rules, dev hosts and teams as a rules file",
      query: z.strictObject({
        format: z.enum(["yaml", "json"]).default("yaml").describe("Format of the file"),
      }),
      answers: [
        {
          status: 200,
          description: "The file, as import takes it",
          contentType: "application/yaml",
        },
      ],
      async handle({ query: { format } }) {
        const { rules, devHosts, teams } = await readRuleBook(deps);
        const file = {
          rules,
          dev_hosts: [...devHosts].sort(),
          teams: [...teams].sort().map(([hostname, team]) => ({ hostname, team })),
        };
        return {
          body: formatRulesFile(file, format),
          headers: {
            "Content-Type": `application/${format}; charset=utf-8`,
            "Content-Disposition": `attachment; filename="mutt-rules.${format}"`,
          },
        };
      },
    }),
  ];
}

async function tryEvent({ config, ...store }: RouteDeps, body: Record<string, unknown>) {
  const isWrapped = typeof body.event === "object" && body.message === undefined;
  const result = normaliseEvent(isWrapped ? body.event : body, {
    id: "test",
    correlationId: "test",
    receivedAtMs: Date.now(),
  });
  if (!result.ok) {
    const { field, detail } = result.error;
    throw badRequest([{ field, detail }]);
  }
  const { event } = result;
  const { rules, devHosts, teams } = await readRuleBook(store);
  const verdicts = compileRules(rules).explain(event);
  const matched = verdicts.find(({ verdict }) => verdict === "selected") ?? null;
  const rule = rules.find(({ id }) => id === matched?.rule_id);
  const host = event.hostname.toLowerCase();
  const environment = [...devHosts].some((each) => each.toLowerCase() === host) ? "dev" : "prod";
  const hostTeam = [...teams].find(([hostname]) => hostname.toLowerCase() === host)?.[1];
  return {
    matched,
    handling: rule ? (environment === "dev" ? rule.dev_handling : rule.prod_handling) : null,
    environment,
    team: rule?.team_assignment ?? hostTeam ?? config.get("unhandled_default_team"),
    verdicts,
  };
}
