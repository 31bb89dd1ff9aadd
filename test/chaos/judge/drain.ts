import { setTimeout as sleep } from "node:timers/promises";
import { QUEUE_NAMES, readIngestDepth } from "@mutt/queues";
import type { Stack } from "../stack/stack.ts";
import type { Parked } from "./evidence.ts";
import { readParked } from "./read-parked.ts";

/** Classes that are replayed without an operator, until they are delivered or out of replays. */
const REPLAYED = new Set(["transient_downstream", "throttled", "capacity", "destination_config"]);

const LOOK_MS = 500;

/** Looks in a row that find nothing: what is between two queues for a moment is missed by one. */
const LOOKS = 3;

/**
 * Waits until everything has come to rest: nothing waits or is worked on, and no dead letter is about to be replayed. Gives
 * what is left when `timeoutMs` is over, and nothing when all is quiet.
 */
export async function untilDrained(stack: Stack, timeoutMs: number): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  let quiet = 0;
  let left: string[] = [];
  while (quiet < LOOKS && Date.now() < deadline) {
    left = await whatIsLeft(stack);
    quiet = left.length === 0 ? quiet + 1 : 0;
    await sleep(LOOK_MS);
  }
  return quiet < LOOKS ? left.join(", ") || "it is quiet only now and then" : undefined;
}

async function whatIsLeft({ client, prefix }: Stack): Promise<string[]> {
  const left: string[] = [];
  const note = (count: number, what: string): void => {
    if (count > 0) left.push(`${count} ${what}`);
  };
  for (const queue of QUEUE_NAMES) {
    const key = (state: string): string => `${prefix}:${queue}:${state}`;
    for (const state of ["wait", "active", "paused"]) {
      note(await client.llen(key(state)), `${state} in ${queue}`);
    }
    for (const state of ["delayed", "prioritized"]) {
      note(await client.zcard(key(state)), `${state} in ${queue}`);
    }
  }
  note(await client.zcard(`${prefix}:ingest:failed`), "failed in ingest");
  note(await client.zcard(`${prefix}:alert:failed`), "failed in alert");
  const parked = await readParked(client, prefix);
  note(parked.filter(isToBeReplayed).length, "dead letters that replay themselves");
  note(await readIngestDepth(client, prefix), "events on the count of queued ones");
  return left;
}

function isToBeReplayed({ queue, class: kind }: Parked): boolean {
  return queue !== "dlq-dead" && REPLAYED.has(kind);
}
