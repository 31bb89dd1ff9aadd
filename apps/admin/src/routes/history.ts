import { minuteOf, readHistory } from "@mutt/minute-history";
import { z } from "zod";
import { wholeNumber } from "../api/fields.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

/** Minutes are kept for a week. */
const MAX_MINUTES = 7 * 24 * 60;

/** A chart is hardly wider than this many points. */
const WANTED_POINTS = 360;

const HistoryAnswer = z.object({
  step: z.int().describe("Minutes that are one point"),
  minutes: z.array(z.int()).describe("First minute of each point, in minutes since 1970"),
  series: z
    .record(z.string(), z.array(z.number().nullable()))
    .describe("Sums of what is counted, highest values of what is looked at; null: not measured"),
});

/** Makes the route of the charts. */
export function historyRoutes(deps: RouteDeps): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/history",
      role: "viewer",
      summary: "Give what happened per minute, for charts",
      query: z.strictObject({
        minutes: wholeNumber(1, MAX_MINUTES).default(180).describe("How far back"),
        step: wholeNumber(1, MAX_MINUTES).optional().describe("Minutes that become one point"),
      }),
      answers: [{ status: 200, description: "Series of equal length", schema: HistoryAnswer }],
      async handle({ query: { minutes, step = Math.ceil(minutes / WANTED_POINTS) } }) {
        const toMinute = minuteOf(Date.now());
        const range = { fromMinute: toMinute - minutes + 1, toMinute, step };
        return { body: await readHistory(deps, range) };
      },
    }),
  ];
}
