import { setTimeout as sleep } from "node:timers/promises";
import type { Timeline } from "../report/timeline.ts";
import type { Stack } from "../stack/stack.ts";
import { describeFault, type Fault } from "./fault.ts";
import { membersOf, readInHand } from "./in-hand.ts";
import { beginFault } from "./inject.ts";

/** What the faults amounted to. */
export interface FaultsRun {
  /** Faults that began. */
  begun: number;
  /** Events and alerts of the jobs that were in hand as faults began and ended: each may be worked on once more. */
  inHand: number;
}

/** Faults that break nothing off: what is in hand then stays there. */
const HARMLESS = new Set<Fault["kind"]>(["receiver", "setting", "retry_all", "rule", "delay"]);

/** Lets all faults of a schedule come and go; resolves when the last one has ended, as far as it could. */
export async function runFaults(
  stack: Stack,
  schedule: readonly Fault[],
  timeline: Timeline,
): Promise<FaultsRun> {
  const startedAt = performance.now();
  const readings: Promise<string[]>[] = [];
  let begun = 0;
  const lookInHand = (fault: Fault): void => {
    // With Redis away the question waits, and nothing moves meanwhile.
    if (!HARMLESS.has(fault.kind)) readings.push(readInHand(stack.client, stack.prefix));
  };

  async function run(fault: Fault): Promise<void> {
    const what = describeFault(fault);
    await sleep(Math.max(0, fault.atMs - (performance.now() - startedAt)));
    try {
      timeline.note(`begins: ${what}`);
      const end = await beginFault(stack, fault);
      begun++;
      lookInHand(fault);
      await sleep(fault.holdMs);
      timeline.note(`ends: ${what}`);
      await end();
      lookInHand(fault);
    } catch (error) {
      // Redis or the admin app may be away by another fault; the healing afterwards is what counts.
      timeline.note(`could not: ${what}: ${(error as Error).message}`);
    }
  }

  await Promise.all(schedule.map(run));
  const jobs = new Set((await Promise.all(readings)).flat());
  return { begun, inHand: [...jobs].reduce((sum, job) => sum + membersOf(job), 0) };
}
