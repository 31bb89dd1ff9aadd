/** What can hold replays back, in the order in which it is asked. */
export const GATES = [
  "disabled",
  "shedding",
  "redis_memory",
  "moog_health",
  "breaker",
  "backlog",
  "storm_cap",
] as const;

/** The name of a gate. */
export type GateName = (typeof GATES)[number];

/** How the pipeline stands, as far as replays are concerned. */
export interface PipelineView {
  isEnabled: boolean;
  isShedding: boolean;
  /** Share of the memory of Redis that is in use: 0 to 1. */
  memoryUse: number;
  /** Whether the last probe of the platform failed; false where nobody probes. */
  isMoogUnhealthy: boolean;
  breaker: "closed" | "open" | "half_open";
  /** Milliseconds until a breaker that is open lets a probe through; 0 when it would now. */
  breakerWaitMs: number;
  /** Deliveries that wait for the forwarder. */
  depth: number;
  /** Deliveries a second that leave its queue. */
  drainRate: number;
}

/** What may be replayed now. */
export type GateAnswer =
  | { kind: "open" }
  /** The destination is being tried: one entry, and only while nothing else is there to try it with. */
  | { kind: "canary" }
  | { kind: "closed"; gate: GateName };

/** Above this share of memory the room belongs to what comes in. */
const MEMORY_LIMIT = 0.75;

/** Deliveries that may always wait: below it no rate is worth looking at. */
const LEAST_BACKLOG = 50;

/** Seconds of waiting that replays may cost what comes in. */
const BACKLOG_SECONDS = 2;

/** Says whether replays may go on, or which gate is closed. */
export function askGates(view: PipelineView): GateAnswer {
  const closed = (gate: GateName): GateAnswer => ({ kind: "closed", gate });
  if (!view.isEnabled) return closed("disabled");
  if (view.isShedding) return closed("shedding");
  if (view.memoryUse >= MEMORY_LIMIT) return closed("redis_memory");
  if (view.isMoogUnhealthy) return closed("moog_health");
  if (view.breaker !== "closed") {
    // What waits already will try the destination, with no help from here.
    const mayTry = view.breakerWaitMs === 0 && view.depth === 0;
    return mayTry ? { kind: "canary" } : closed("breaker");
  }
  if (view.depth > Math.max(LEAST_BACKLOG, BACKLOG_SECONDS * view.drainRate)) {
    return closed("backlog");
  }
  return { kind: "open" };
}
