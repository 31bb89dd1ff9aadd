import { createScript } from "@mutt/redis";
import { auditEntry } from "./audit.ts";
import type { OrderBy, OrderDeps } from "./deps.ts";
import { redriveKeys } from "./keys.ts";
import { type Redrive, type RedriveState, readRedrive } from "./redrive.ts";
import { RedriveError } from "./redrive-error.ts";

/** What can be asked of a redrive that was started. */
export type SteerOrder = "pause" | "resume" | "cancel";

const MOVES: Record<SteerOrder, { from: readonly RedriveState[]; to: RedriveState }> = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["running", "paused"], to: "cancelled" },
};

/**
 * Moves a redrive from one state to another; the audit entry says how far it was.
 * KEYS: the run, active, audit. ARGV: id, state, whether that is an end, ISO 8601 now, audit entry, states it may come from.
 */
const STEER = createScript(`
local head = redis.call('HMGET', KEYS[1], 'state', 'done', 'skipped')
if not head[1] then return 'missing' end
if head[1] == ARGV[2] then return 'same' end
local may = false
for i = 6, #ARGV do may = may or head[1] == ARGV[i] end
if not may then return head[1] end
local entry = cjson.decode(ARGV[5])
entry.old = {state = head[1]}
entry.new = {state = ARGV[2], done = tonumber(head[2]), skipped = tonumber(head[3])}
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'updated_at', ARGV[4], 'waiting_for', '')
redis.call('XADD', KEYS[3], '*', 'entry', cjson.encode(entry))
if ARGV[3] == '1' then
  redis.call('HSET', KEYS[1], 'finished_at', ARGV[4])
  local active = redis.call('HGETALL', KEYS[2])
  for i = 1, #active, 2 do
    if active[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], active[i]) end
  end
end
return 'ok'
`);

/**
 * Pauses, resumes or cancels a redrive. What was asked for already is not taken back. Asking for the state that it is in
 * changes nothing and is no error. Rejects with a `RedriveError`: "not_found", or "conflict" when it is over or not paused.
 */
export async function steerRedrive(
  deps: OrderDeps,
  { id, order }: { id: string; order: SteerOrder },
  by: OrderBy,
): Promise<Redrive> {
  const { redis, prefix, auditKey } = deps;
  const { from, to } = MOVES[order];
  const now = new Date().toISOString();
  const keys = redriveKeys(prefix);
  const entry = auditEntry(by, { action: `redrive.${order}`, target: id }, now);
  const outcome = await STEER.run(
    redis,
    [keys.run(id), keys.active, auditKey],
    [id, to, order === "cancel" ? 1 : 0, now, entry, ...from],
  );
  if (outcome === "missing") throw new RedriveError("not_found", `there is no redrive ${id}`);
  if (outcome !== "ok" && outcome !== "same") {
    throw new RedriveError("conflict", `redrive ${id} is ${outcome}: it cannot ${order}`);
  }
  return (await readRedrive(deps, id)) as Redrive;
}
