import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";
import { LEDGER_ENTRIES, type LedgerEntry, ledgerKey } from "./ledger.ts";
import { DEAD_LETTER_QUEUES, type DeadLetterQueueName } from "./names.ts";

/** Where every event is that ever came in; counts are events (of generated alerts: alerts). */
export interface Ledger extends Record<LedgerEntry, number> {
  dead: Record<DeadLetterQueueName, number>;
  in_flight: { ingest: number; alert: number };
  /** Events of jobs that are being worked on: each may stand in two places for a moment. */
  in_hand: number;
  /**
   * Events that came in and are nowhere: 0 when all is well, below 0 when more came out than went in. `null` while too
   * many jobs wait to be counted one by one; in flight is an estimate then.
   */
  unaccounted: number | null;
}

/** The keys of BullMQ that hold ids of jobs, by the kind of key. */
const LISTS = ["wait", "paused", "active"];
const SORTED_SETS = ["prioritized", "delayed", "failed"];

/**
 * Jobs that are counted one by one at most. 50,000 took Redis 7.0 about 40 ms of processor time; so many keep it from
 * others for some 16 ms.
 */
const MOST_JOBS = 20_000;

/** Jobs looked at for an estimate, of each key. */
const SAMPLE = 1000;

/**
 * Reads all in one step, so that nothing moves meanwhile. The id of a job of a live queue says how many events it holds.
 * KEYS: counters; of each live queue the keys of LISTS and SORTED_SETS; of each dead letter queue the same.
 * ARGV: jobs counted at most, sample.
 * Answers: counters, is exact, events in hand, events of each live queue, entries of each dead letter queue.
 */
const READ = createScript(`
local function length(key)
  local kind = redis.call('TYPE', key).ok
  if kind == 'list' then return redis.call('LLEN', key) end
  if kind == 'zset' then return redis.call('ZCARD', key) end
  return 0
end
local jobs = 0
for i = 2, 13 do jobs = jobs + length(KEYS[i]) end
local isExact = jobs <= tonumber(ARGV[1])
local last = isExact and -1 or tonumber(ARGV[2]) - 1
local function eventsIn(key)
  local total = length(key)
  if total == 0 then return 0 end
  local ids = redis.call(redis.call('TYPE', key).ok == 'list' and 'LRANGE' or 'ZRANGE', key, 0, last)
  local events = 0
  for _, id in ipairs(ids) do
    events = events + (tonumber(string.match(id, '^[cd][%w_-]+%.(%d+)') or '') or 1)
  end
  return math.floor(events * total / #ids + 0.5)
end
local answer = {redis.call('HGETALL', KEYS[1]), isExact and 1 or 0, 0}
for queue = 0, 4 do
  local sum = 0
  for i = 1, 6 do
    local key = KEYS[1 + queue * 6 + i]
    local events = queue < 2 and eventsIn(key) or length(key)
    sum = sum + events
    if i == 3 then answer[3] = answer[3] + events end
  end
  answer[4 + queue] = sum
end
return answer
`);

/** Reads the ledger: one script of bounded cost. */
export async function readLedger(redis: Redis, prefix: string): Promise<Ledger> {
  const queues = ["ingest", "alert", ...DEAD_LETTER_QUEUES];
  const keys = queues.flatMap((queue) =>
    [...LISTS, ...SORTED_SETS].map((key) => `${prefix}:${queue}:${key}`),
  );
  const reply = await READ.run(redis, [ledgerKey(prefix), ...keys], [MOST_JOBS, SAMPLE]);
  const [flat, isExact, inHand, ingest, alert, ...dead] = reply as [
    string[],
    number,
    number,
    number,
    number,
    ...number[],
  ];
  const counted = new Map(flat.flatMap((name, i) => (i % 2 ? [] : [[name, Number(flat[i + 1])]])));
  const entries = Object.fromEntries(LEDGER_ENTRIES.map((name) => [name, counted.get(name) ?? 0]));
  const counts = entries as Record<LedgerEntry, number>;
  const deadBy = Object.fromEntries(DEAD_LETTER_QUEUES.map((name, i) => [name, dead[i] ?? 0]));
  const waiting = [ingest, alert, ...dead].reduce((sum, events) => sum + events, 0);
  return {
    ...counts,
    dead: deadBy as Record<DeadLetterQueueName, number>,
    in_flight: { ingest, alert },
    in_hand: inHand,
    unaccounted: isExact ? nearestToZero(missing(counts) - waiting, inHand) : null,
  };
}

/** Events that went in and came to no end. */
function missing(counts: Record<LedgerEntry, number>): number {
  const { accepted, generated, ...ends } = counts;
  return accepted + generated - Object.values(ends).reduce((sum, events) => sum + events, 0);
}

/** What is in hand may have been counted twice, so that up to as many may be missing less. */
function nearestToZero(difference: number, inHand: number): number {
  return Math.min(Math.max(0, difference), difference + inHand);
}
