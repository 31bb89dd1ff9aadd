import { createScript } from "@mutt/redis";
import { isNarrow } from "@mutt/replay";
import { auditEntry } from "./audit.ts";
import type { OrderBy, OrderDeps } from "./deps.ts";
import { redriveKeys } from "./keys.ts";
import type { StartOrder } from "./orders.ts";
import { type RedrivePlan, readPlan } from "./plan.ts";
import { type Redrive, type RedriveOrder, readRedrive } from "./redrive.ts";
import { RedriveError } from "./redrive-error.ts";

/** How many redrives are remembered; the audit log has them all. */
const REMEMBERED = 500;

/**
 * Begins a redrive, when none works on any of its queues. What it waits for says that no remediation app has taken it up yet.
 * KEYS: the run, index, active, audit. ARGV: id, epoch ms, order, audit entry, how many are remembered, start of the key of a
 * run, queues.
 */
const START = createScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return {'started'} end
for i = 7, #ARGV do
  local other = redis.call('HGET', KEYS[3], ARGV[i])
  if other then return {'busy', ARGV[i], other} end
end
redis.call('HSET', KEYS[1], 'order', ARGV[3], 'state', 'running', 'done', 0, 'skipped', 0, 'waiting_for', 'remediation')
redis.call('XADD', KEYS[4], '*', 'entry', ARGV[4])
for i = 7, #ARGV do redis.call('HSET', KEYS[3], ARGV[i], ARGV[1]) end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
local old = redis.call('ZRANGE', KEYS[2], 0, -1 - tonumber(ARGV[5]))
for _, id in ipairs(old) do
  redis.call('DEL', ARGV[6] .. id)
  redis.call('ZREM', KEYS[2], id)
end
return {'ok'}
`);

/**
 * Carries a plan out: from now on a remediation app replays its entries, whatever becomes of the process that asked.
 * Rejects with a `RedriveError`: "invalid" names the field, "not_found" is a plan that has run out, "conflict" a queue that
 * another redrive works on, or a plan that was carried out already.
 */
export async function startRedrive(
  deps: OrderDeps,
  { planId, reason, maxPerSecond, all }: StartOrder,
  { actor, role }: Omit<OrderBy, "reason">,
): Promise<Redrive> {
  const { redis, prefix, auditKey } = deps;
  const plan = await readPlan(deps, planId);
  if (plan === undefined) {
    throw new RedriveError("not_found", `there is no plan ${planId}, or it has run out: make one`);
  }
  checkPlan(plan, all);
  const nowMs = Date.now();
  const order: RedriveOrder = {
    filter: plan.filter,
    all: plan.all || all,
    queues: plan.queues,
    total: plan.count,
    max_per_second: maxPerSecond,
    actor,
    reason,
    planned_at: plan.created_at,
    created_at: new Date(nowMs).toISOString(),
  };
  const entry = auditEntry({ actor, role, reason }, startedOf(plan, order), order.created_at);
  const keys = redriveKeys(prefix);
  const [outcome, queue, other] = (await START.run(
    redis,
    [keys.run(planId), keys.index, keys.active, auditKey],
    [planId, nowMs, JSON.stringify(order), entry, REMEMBERED, keys.run(""), ...plan.queues],
  )) as string[];
  if (outcome === "started") {
    throw new RedriveError(
      "conflict",
      `plan ${planId} was carried out already: see redrive ${planId}`,
    );
  }
  if (outcome === "busy") {
    throw new RedriveError(
      "conflict",
      `redrive ${other} works on ${queue}: wait for it, or cancel it`,
    );
  }
  return (await readRedrive(deps, planId)) as Redrive;
}

function checkPlan(plan: RedrivePlan, all: boolean): void {
  if (plan.count === 0) {
    throw new RedriveError(
      "invalid",
      "planId: the plan holds no entry that may be replayed",
      "planId",
    );
  }
  if (!isNarrow(plan.filter) && !plan.all && !all) {
    throw new RedriveError(
      "invalid",
      "all: the plan has no filter besides the queue; give all: true if everything is meant",
      "all",
    );
  }
}

function startedOf(plan: RedrivePlan, { max_per_second, all }: RedriveOrder) {
  const { filter, count, by_class, queues } = plan;
  return {
    action: "redrive.start",
    target: plan.plan_id,
    new: { filter, count, by_class, queues, max_per_second, all },
  };
}
