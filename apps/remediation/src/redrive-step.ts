import {
  type DeadLetterItem,
  type DeadLetterQueueName,
  type PipelineQueue,
  readCounts,
  readDeadLetterPage,
  requestReplay,
} from "@mutt/queues";
import { judgeEntry, type Places, type Redrive, readQuarantined, type Step } from "@mutt/redrive";
import type { GateName } from "@mutt/replay";
import type { Redis } from "ioredis";
import type { GateWatch } from "./gate-watch.ts";

/** What a step of a redrive needs. */
export interface RedriveStepDeps {
  redis: Redis;
  prefix: string;
  queues: readonly PipelineQueue<DeadLetterQueueName>[];
  gates: GateWatch;
  maxPoisonRetries(): number;
  /** Whether the process is about to end. */
  isStopped(): boolean;
}

/** What a step came to, with the gate that held it back. */
export interface RedriveStep extends Step {
  waitingFor?: GateName;
}

/** Entries that may wait for their turn at a time: half a second of the workers, at the usual pause between two. */
const MAX_AHEAD = 100;

/** Entries looked at in one step: a filter that means little gets on quickly, and no step takes long. */
const MAX_SEEN = 2000;

/** Entries of one page: a few milliseconds of Redis, and of this process. */
const PAGE = 200;

/** Where a step begins and how far it may go. */
interface StepInput {
  redrive: Redrive;
  places: Places;
  /** Entries to ask for at most. */
  most: number;
  /**
   * Entries that were skipped lately, to be kept from one step to the next: behind an entry that has left its queue, those
   * parked in the same millisecond come once more.
   */
  passed: Set<string>;
}

/** Takes one step of a redrive: asks for the replay of at most `most` of its entries, the oldest of each queue first. */
export async function runStep(
  deps: RedriveStepDeps,
  { redrive, places, most, passed }: StepInput,
): Promise<RedriveStep> {
  const step: RedriveStep = { done: 0, skipped: 0, places: { ...places } };
  if (most === 0) return step;
  const room = await readRoom(deps, redrive);
  if (typeof room === "string") return { ...step, waitingFor: room };
  const judge = await createJudge(deps, redrive);
  const limit = Math.min(most, room);
  let seen = 0;
  for (const name of redrive.queues) {
    const queue = deps.queues.find((each) => each.name === name);
    if (queue === undefined) throw new TypeError(`there is no queue ${name}`);
    while (step.places[name] !== null) {
      const after = step.places[name];
      const page = await readDeadLetterPage(deps.redis, queue, { after, limit: PAGE });
      const eligible: DeadLetterItem[] = [];
      let isFull = false;
      for (const item of page.items) {
        isFull = step.done + eligible.length >= limit || deps.isStopped();
        if (isFull) break;
        step.places[name] = item.cursor;
        const verdict = judge(item);
        if (verdict === undefined || passed.has(item.id)) continue;
        if (verdict === "eligible") eligible.push(item);
        else skip(step, passed, item);
      }
      const taken = await askAll(deps, queue, { redrive, items: eligible });
      step.done += taken.size;
      for (const item of eligible) if (!taken.has(item)) skip(step, passed, item);
      if (isFull) return step;
      seen += PAGE;
      step.places[name] = page.next ?? null;
      if (seen >= MAX_SEEN) return step;
    }
  }
  return { ...step, end: { state: "done" } };
}

/** Entries of one millisecond are few. */
const REMEMBERED = 2000;

function skip(step: RedriveStep, passed: Set<string>, { id }: DeadLetterItem): void {
  step.skipped++;
  if (passed.size >= REMEMBERED) passed.clear();
  passed.add(id);
}

/** How many more may be asked for now, or what holds them back. */
async function readRoom(deps: RedriveStepDeps, { queues }: Redrive): Promise<number | GateName> {
  const answer = deps.gates.ask({ isAutomatic: false });
  if (answer.kind === "closed") return answer.gate;
  let ahead = 0;
  let delayed = 0;
  for (const queue of deps.queues) {
    if (!queues.some((name) => name === queue.name)) continue;
    const counts = await readCounts(queue);
    ahead += counts.waiting + counts.active + counts.delayed;
    delayed += counts.delayed;
  }
  // The destination is being tried: one after the other.
  if (answer.kind === "canary") return ahead > 0 ? "breaker" : 1;
  if (ahead < MAX_AHEAD) return MAX_AHEAD - ahead;
  return delayed > 0 ? "storm_cap" : 0;
}

async function createJudge(deps: RedriveStepDeps, { filter, planned_at }: Redrive) {
  const quarantined = await readQuarantined(deps);
  const context = {
    filter,
    plannedAtMs: Date.parse(planned_at),
    isQuarantined: (fingerprint: string) => quarantined.has(fingerprint),
    maxPoisonRetries: deps.maxPoisonRetries(),
  };
  return (item: DeadLetterItem) => judgeEntry(item, context);
}

/** Replays asked for at a time. */
const AT_ONCE = 10;

/** Asks for replays; returns the entries that were still parked. */
async function askAll(
  deps: RedriveStepDeps,
  queue: PipelineQueue<DeadLetterQueueName>,
  { redrive, items }: { redrive: Redrive; items: readonly DeadLetterItem[] },
): Promise<Set<DeadLetterItem>> {
  const request = { by: `redrive:${redrive.id}`, actor: redrive.actor };
  const taken = new Set<DeadLetterItem>();
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const batch = items.slice(from, from + AT_ONCE);
    await Promise.all(
      batch.map(async (item) => {
        if (await requestReplay(deps, queue, item.id, request)) taken.add(item);
      }),
    );
  }
  return taken;
}
