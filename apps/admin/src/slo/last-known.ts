import { COMPONENTS, type ComponentName, type LastKnown } from "@mutt/slo";
import type { Redis } from "ioredis";

/** The last states that were known, by component. */
export type LastKnownStates = Partial<Record<ComponentName, LastKnown>>;

/** Remembers the last states that were known, beyond a restart and for all replicas. */
export interface LastKnownStore {
  /** Keeps the states that are given; the others stay. */
  keep(states: LastKnownStates): Promise<void>;
  /** Reads all; while Redis is away, what this process knows. */
  read(): Promise<LastKnownStates>;
}

/** Makes the store: a hash with one document for each component. */
export function createLastKnownStore(redis: Redis, prefix: string): LastKnownStore {
  const key = `${prefix}:slo-last-known`;
  let known: LastKnownStates = {};
  return {
    async keep(states) {
      known = { ...known, ...states };
      const fields = Object.entries(states).map(([name, state]) => [name, JSON.stringify(state)]);
      if (fields.length === 0) return;
      // Memory has them too: only a restart during this outage would forget.
      await redis.hset(key, Object.fromEntries(fields)).catch(() => {});
    },
    async read() {
      const stored = await redis.hgetall(key).catch(() => ({}) as Record<string, string>);
      for (const component of COMPONENTS) {
        const state = parse(stored[component]);
        if (state !== undefined && isNewer(state, known[component])) known[component] = state;
      }
      return known;
    },
  };
}

function parse(text: string | undefined): LastKnown | undefined {
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as LastKnown;
    return Number.isNaN(Date.parse(state.evaluated_at)) ? undefined : state;
  } catch {
    // Somebody else wrote there: as good as nothing.
    return undefined;
  }
}

function isNewer(state: LastKnown, than: LastKnown | undefined): boolean {
  return than === undefined || Date.parse(state.evaluated_at) > Date.parse(than.evaluated_at);
}
