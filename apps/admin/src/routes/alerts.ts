import { createCircuitBreaker } from "@mutt/circuit-breaker";
import { readStory } from "@mutt/pipeline-state";
import { compileRules, describeConditions } from "@mutt/rules";
import { ProblemError } from "@mutt/service";
import { readRuleBook } from "@mutt/store";
import { z } from "zod";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import { findPlace } from "../stories/find-place.ts";
import { eventIn, Story, type StoryFacts, tellStory } from "../stories/story.ts";
import type { RouteDeps } from "./deps.ts";

/** Makes the route that tells the story of one event. */
export function alertRoutes(deps: RouteDeps): ApiRoute[] {
  const { redis, prefix, redactor } = deps;
  const breaker = createCircuitBreaker(redis, { prefix, destination: "moog" });
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/alerts/:id",
      role: "viewer",
      summary: "Tell what became of one event: rule, attempts, delivery, or where it waits",
      params: z.strictObject({ id: z.string().max(300).describe("Id that ingest answered") }),
      answers: [
        { status: 200, description: "The story of the event", schema: Story },
        { status: 404, description: "Nothing is known of it, or not any more" },
      ],
      async handle({ params: { id } }) {
        const record = await readStory(redis, prefix, id);
        const { place, isWhole } = await findPlace(deps, id, record);
        if (record === undefined && place === undefined) throw unknownEvent(isWhole);
        const rule = await findRule(deps, id, { record, place });
        const { state, reason } = await breaker.read();
        const obstacle =
          state === "closed" ? undefined : `the circuit breaker is ${state}: ${reason}`;
        const story = tellStory({ id, record, place, rule, obstacle });
        return { body: redactor.value(story) };
      },
    }),
  ];
}

function unknownEvent(isWhole: boolean): ProblemError {
  const detail = isWhole
    ? "no event of this id waits, and none was worked on within the last alert_story_max events or 24 hours"
    : "nothing has been noted of this id; it may wait in the ingest queue, which is too long to be looked through";
  return new ProblemError({ status: 404, detail });
}

async function findRule(
  deps: RouteDeps,
  id: string,
  { record, place }: Pick<StoryFacts, "record" | "place">,
): Promise<StoryFacts["rule"]> {
  const ruleId = record?.ruleId ?? null;
  if (ruleId === null) return undefined;
  const { rules } = await readRuleBook(deps);
  const rule = rules.find((each) => each.id === ruleId);
  if (rule === undefined) return undefined;
  const event = eventIn(id, place);
  const verdict = event && compileRules([rule]).explain(event)[0];
  return {
    name: rule.name,
    why: verdict?.verdict === "selected" ? verdict.reason : describeConditions(rule),
  };
}
