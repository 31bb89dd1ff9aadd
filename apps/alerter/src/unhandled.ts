import { type IngestedEvent, messagePattern } from "@mutt/event";
import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";

/** Events of one host with one message pattern that no rule knew. */
export interface UnhandledGroup {
  hostname: string;
  pattern: string;
  events: IngestedEvent[];
}

/** What the count of a group came to. */
export type UnhandledCount =
  | { kind: "counted"; count: number }
  /** The count reached the threshold with this group: a meta-alert is due. */
  | { kind: "crossed"; count: number }
  | { kind: "failed"; error: Error };

/** The settings in force. */
export interface UnhandledLimits {
  threshold: number;
  expirySeconds: number;
}

/**
 * Counts every group in one call; a group whose counter cannot be used fails alone, a Redis that takes no writes
 * fails the call.
 * A crossing is remembered with the threshold and with the event that caused it: the same event may ask
 * again after a crash and gets the same answer; a higher threshold is a new crossing; a lowered one counts
 * at the next event, once.
 * KEYS: one hash a group. ARGV[1] threshold, ARGV[2] expiry in ms, then for each group its size and event id.
 */
const COUNT = createScript(`
local threshold, expiry = tonumber(ARGV[1]), tonumber(ARGV[2])
local results = {}
for i, key in ipairs(KEYS) do
  local size, event = tonumber(ARGV[1 + 2 * i]), ARGV[2 + 2 * i]
  local count = redis.pcall('HINCRBY', key, 'count', size)
  if type(count) == 'table' and not string.find(count.err, 'WRONGTYPE') and not string.find(count.err, 'not an integer') then
    return redis.error_reply(count.err)
  elseif type(count) == 'table' then
    results[i] = {-1, count.err}
  else
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, expiry) end
    local crossed = tonumber(redis.call('HGET', key, 'crossed') or '') or 0
    local isRepeat = redis.call('HGET', key, 'by') == event
    if count >= threshold and (threshold > crossed or isRepeat) then
      redis.call('HSET', key, 'crossed', threshold, 'by', event)
      results[i] = {1, count}
    else
      results[i] = {0, count}
    end
  end
end
return results
`);

/** Sorts events by host and message pattern. */
export function groupUnhandled(events: readonly IngestedEvent[]): UnhandledGroup[] {
  const groups = new Map<string, UnhandledGroup>();
  for (const event of events) {
    const pattern = messagePattern(event.message);
    const key = `${event.hostname}\n${pattern}`;
    const group = groups.get(key);
    if (group) group.events.push(event);
    else groups.set(key, { hostname: event.hostname, pattern, events: [event] });
  }
  return [...groups.values()];
}

/** Counts groups in Redis, shared by all replicas; answers in the order of the groups. */
export async function countUnhandled(
  { redis, prefix }: { redis: Redis; prefix: string },
  groups: readonly UnhandledGroup[],
  limits: UnhandledLimits,
): Promise<UnhandledCount[]> {
  if (groups.length === 0) return [];
  const keys = groups.map((group) => unhandledKey(prefix, group));
  const args = groups.flatMap((group) => [group.events.length, group.events[0]?.id ?? ""]);
  const reply = await COUNT.run(redis, keys, [
    limits.threshold,
    limits.expirySeconds * 1000,
    ...args,
  ]);
  return (reply as [number, number | string][]).map(toCount);
}

/** Key of a group's counter: the host is readable, the pattern may be long. */
function unhandledKey(prefix: string, group: Pick<UnhandledGroup, "hostname" | "pattern">) {
  return `${prefix}:unhandled:${group.hostname}:${group.pattern}`;
}

function toCount([kind, value]: [number, number | string]): UnhandledCount {
  if (kind === -1) return { kind: "failed", error: new Error(String(value)) };
  return { kind: kind === 1 ? "crossed" : "counted", count: Number(value) };
}
