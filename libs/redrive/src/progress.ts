import { createScript } from "@mutt/redis";
import { auditEntry } from "./audit.ts";
import type { OrderDeps, QueueName, RedriveDeps } from "./deps.ts";
import { redriveKeys } from "./keys.ts";
import type { RedriveState } from "./redrive.ts";

/** How far each queue was gone through: the cursor of a page, or `null` at the end of the queue. */
export type Places = Partial<Record<QueueName, string | null>>;

/** The right to work on a redrive, until another worker takes it. */
export interface Claim {
  /** Goes up with each worker: what an older one still writes is refused. */
  fence: number;
  places: Places;
}

/** What a step of a redrive came to. */
export interface Step {
  /** Entries asked for and skipped in this step. */
  done: number;
  skipped: number;
  places: Places;
  waitingFor?: string | undefined;
  /** Present at the end: over, or broken. */
  end?: { state: "done" } | { state: "failed"; error: string };
}

/** A worker that is not heard of for this long is followed by another one, in milliseconds. */
const TERM_MS = 10_000;

/** Who ends a redrive, in the audit log. */
const RUNNER = "remediation";

/** KEYS[1] the run. ARGV: name, term in ms. The clock is the server's. */
const CLAIM = createScript(`
local run = redis.call('HMGET', KEYS[1], 'state', 'holder', 'until', 'places')
if run[1] ~= 'running' then return false end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local isNew = run[2] ~= ARGV[1]
if isNew and tonumber(run[3] or '') and tonumber(run[3]) > now then return false end
local fence = redis.call('HINCRBY', KEYS[1], 'fence', isNew and 1 or 0)
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', now + ARGV[2])
return {fence, run[4] or '{}'}
`);

/**
 * KEYS: the run, active, audit. ARGV: id, fence, done, skipped, places, what it waits for, ISO 8601 now, state at the end or
 * nothing, error, audit entry.
 */
const ADVANCE = createScript(`
local head = redis.call('HMGET', KEYS[1], 'fence', 'state')
if head[1] ~= ARGV[2] then return 'lost' end
local done = redis.call('HINCRBY', KEYS[1], 'done', ARGV[3])
local skipped = redis.call('HINCRBY', KEYS[1], 'skipped', ARGV[4])
redis.call('HSET', KEYS[1], 'places', ARGV[5], 'updated_at', ARGV[7])
if head[2] ~= 'running' then return head[2] end
redis.call('HSET', KEYS[1], 'waiting_for', ARGV[6])
if ARGV[8] == '' then return head[2] end
local entry = cjson.decode(ARGV[10])
entry.new = {state = ARGV[8], done = done, skipped = skipped}
redis.call('HSET', KEYS[1], 'state', ARGV[8], 'finished_at', ARGV[7], 'error', ARGV[9])
redis.call('XADD', KEYS[3], '*', 'entry', cjson.encode(entry))
local active = redis.call('HGETALL', KEYS[2])
for i = 1, #active, 2 do
  if active[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], active[i]) end
end
return ARGV[8]
`);

/** Reads the ids of the redrives that are not over. */
export async function readActive({ redis, prefix }: RedriveDeps): Promise<string[]> {
  return [...new Set(await redis.hvals(redriveKeys(prefix).active))].sort();
}

/** Takes up a redrive that runs and that no other worker has; `name` tells workers apart. */
export async function claimRedrive(
  { redis, prefix }: RedriveDeps,
  id: string,
  name: string,
): Promise<Claim | undefined> {
  const reply = await CLAIM.run(redis, [redriveKeys(prefix).run(id)], [name, TERM_MS]);
  if (reply === null) return undefined;
  const [fence, places] = reply as [number, string];
  return { fence, places: JSON.parse(places) as Places };
}

/**
 * Writes down how far a redrive has come, and its end with an audit entry. Returns its state, or "lost" when another worker
 * has taken it up meanwhile and nothing was written. A crash before this repeats the step: what was asked for is not parked
 * any more and then counts as skipped.
 */
export async function advanceRedrive(
  { redis, prefix, auditKey }: OrderDeps,
  id: string,
  { fence, step }: { fence: number; step: Step },
): Promise<RedriveState | "lost"> {
  const keys = redriveKeys(prefix);
  const now = new Date().toISOString();
  const { end } = step;
  const action = { action: `redrive.${end?.state ?? "step"}`, target: id };
  return (await ADVANCE.run(
    redis,
    [keys.run(id), keys.active, auditKey],
    [
      id,
      fence,
      step.done,
      step.skipped,
      JSON.stringify(step.places),
      step.waitingFor ?? "",
      now,
      end?.state ?? "",
      end?.state === "failed" ? end.error : "",
      auditEntry({ actor: RUNNER }, action, now),
    ],
  )) as RedriveState | "lost";
}
