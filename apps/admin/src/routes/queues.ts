import { type BreakerAnswer, createCircuitBreaker } from "@mutt/circuit-breaker";
import { readOverload } from "@mutt/pipeline-state";
import { oldestAgeSeconds, QUEUE_NAMES, type QueueName, readCounts } from "@mutt/queues";
import { addAudit } from "@mutt/store";
import { z } from "zod";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const Count = z.int().min(0);
const Ago = z.number().min(0).nullable();

const Breaker = z.object({
  state: z.enum(["closed", "open", "half_open"]),
  reason: z.string().nullable(),
  retry_at: z.string().nullable().describe("ISO 8601: when deliveries are tried again"),
});

const QueuesAnswer = z.object({
  queues: z.array(
    z.object({
      name: z.enum(QUEUE_NAMES),
      counts: z.object({
        waiting: Count,
        prioritized: Count,
        delayed: Count,
        active: Count,
        failed: Count,
      }),
      oldest_age_seconds: Ago.describe("Of the job that waits, or is parked, longest"),
      drain_rate: Ago.describe("Jobs a second that leave; null where nobody measures it"),
    }),
  ),
  alerter: z.object({
    state: z.enum(["normal", "warn", "shed", "recovering", "unknown"]),
    depth: Count.optional(),
    share: z.number().optional().describe("Share of the events that is shed: 0 to 1"),
    since: z.string().optional().describe("ISO 8601"),
  }),
  breaker: Breaker,
});

/** Makes the routes of the queues and of the breaker before the incident platform. */
export function queueRoutes(deps: RouteDeps): ApiRoute[] {
  const { redis, prefix } = deps;
  const breaker = createCircuitBreaker(redis, { prefix, destination: "moog" });
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/queues",
      role: "viewer",
      summary: "Say how the pipeline stands: queues, overload control, breaker",
      answers: [{ status: 200, description: "The pipeline", schema: QueuesAnswer }],
      async handle() {
        const [published, answer] = await Promise.all([
          readOverload(redis, prefix),
          breaker.read(),
        ]);
        const overload = published?.overload;
        const rates: Partial<Record<QueueName, number>> =
          overload === undefined ? {} : { alert: overload.drainRate };
        const queues = await Promise.all(
          QUEUE_NAMES.map(async (name) => ({
            name,
            counts: await readCounts(deps.queues[name]),
            oldest_age_seconds: await oldestAge(deps, name),
            drain_rate: rates[name] ?? null,
          })),
        );
        const alerter =
          overload === undefined
            ? { state: "unknown" }
            : {
                state: overload.state,
                depth: overload.depth,
                share: overload.share,
                since: new Date(overload.since).toISOString(),
              };
        return { body: { queues, alerter, breaker: describeBreaker(answer) } };
      },
    }),
    defineRoute({
      method: "post",
      path: "/api/v1/breaker/reset",
      role: "operator",
      summary: "Close the breaker and forget its failures",
      reason: "required",
      body: z.strictObject({}),
      answers: [{ status: 200, description: "The breaker", schema: Breaker }],
      async handle({ by }) {
        const { state, reason } = await breaker.read();
        const action = { action: "breaker.reset", target: "moog", old: { state, reason } };
        // Before the reset, so that there is none without its entry.
        await addAudit(deps, { ...by, ...action, at: new Date().toISOString() });
        return { body: describeBreaker(await breaker.reset()) };
      },
    }),
  ];
}

function describeBreaker({ state, reason, waitMs }: BreakerAnswer) {
  return {
    state,
    reason: reason || null,
    retry_at: waitMs > 0 ? new Date(Date.now() + waitMs).toISOString() : null,
  };
}

async function oldestAge({ redis, queues }: RouteDeps, name: QueueName): Promise<number | null> {
  const queue = queues[name];
  if (name === "ingest" || name === "alert") return await oldestAgeSeconds(redis, queue);
  // The score of a parked entry is the time at which it was parked.
  const [, at] = await redis.zrange(queue.toKey("failed"), 0, "0", "WITHSCORES");
  return at === undefined ? 0 : Math.max(0, Date.now() - Number(at)) / 1000;
}
