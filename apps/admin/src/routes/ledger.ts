import { DEAD_LETTER_QUEUES, readLedger } from "@mutt/queues";
import { z } from "zod";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const Count = z.int().min(0);

const LedgerAnswer = z.object({
  accepted: Count.describe("Events answered with 202"),
  generated: Count.describe("Meta-alerts and digests that MUTT made itself"),
  delivered: Count,
  logged: Count.describe("A rule matched that does not forward"),
  unhandled: Count.describe("No rule matched"),
  discarded: Count.describe("Removed from the dead letters by an operator"),
  expired: Count.describe("Removed from the dead letters by dlq_retention_days"),
  dead: z.record(z.enum(DEAD_LETTER_QUEUES), Count).describe("Dead letters that wait, by queue"),
  in_flight: z.object({ ingest: Count, alert: Count }).describe("Events that wait in live queues"),
  in_hand: Count.describe("Of those, events being worked on; each may stand in two places"),
  unaccounted: z
    .int()
    .nullable()
    .describe(
      "Events that came in and are nowhere: 0 when all is well, below 0 when more came out; null while too many jobs wait to be counted",
    ),
});

/** Makes the route of the ledger. */
export function ledgerRoutes({ redis, prefix }: RouteDeps): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/ledger",
      role: "viewer",
      summary: "Account for every event that was ever accepted",
      answers: [{ status: 200, description: "The ledger", schema: LedgerAnswer }],
      handle: async () => ({ body: await readLedger(redis, prefix) }),
    }),
  ];
}
