import { setTimeout as sleep } from "node:timers/promises";
import type { System } from "../systems/system.ts";
import { type Bench, measureStep, type StepResult, warmUp } from "./measure-step.ts";
import { boundsOf, type Contender, type Extent } from "./plan.ts";
import { STEPS, type Step, type StepName } from "./steps.ts";

const SETTLE_MS = 500;

/** What the comparison needs. */
export interface CompareOptions {
  bench: Bench;
  contenders: readonly Contender[];
  extent: Extent;
  isWanted(step: StepName): boolean;
  /** Whether there is time for another system. */
  hasTime(): boolean;
  onResult(result: StepResult): void;
  onLeftOut(what: string): void;
}

/**
 * Measures all systems in turn, in several rounds: each runs alone on the machine, and a machine that is slower
 * for a while slows down all of them. The order moves on by one from round to round.
 */
export async function compare(options: CompareOptions): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (let round = 1; round <= options.extent.rounds; round++) {
    for (const contender of rotated(options.contenders, round - 1)) {
      for (const steps of sessionsOf(contender, options)) {
        if (!options.hasTime()) {
          const names = steps.map(({ name }) => name).join(", ");
          options.onLeftOut(`${contender.name} in round ${round} (${names})`);
          continue;
        }
        await measureSession(options, contender, steps, (result) => {
          results.push({ ...result, round });
          options.onResult({ ...result, round });
        });
      }
    }
  }
  return results;
}

/** The steps of a system, in groups that share one start. */
function sessionsOf(contender: Contender, { isWanted }: CompareOptions): Step[][] {
  const steps = STEPS.filter(({ name }) => contender.steps.includes(name) && isWanted(name));
  if (contender.isFreshForEachStep) return steps.map((step) => [step]);
  return steps.length > 0 ? [steps] : [];
}

async function measureSession(
  { bench, extent }: CompareOptions,
  contender: Contender,
  steps: readonly Step[],
  note: (result: Omit<StepResult, "round">) => void,
): Promise<void> {
  await using system: System = await contender.start(bench.sink);
  await warmUp(bench, system);
  for (const step of steps) {
    // What the step before left behind (collections, writes to disk) is not the next one's.
    await sleep(SETTLE_MS);
    note(await measureStep(bench, system, step, boundsOf(step, contender, extent)));
  }
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const offset = by % Math.max(1, items.length);
  return [...items.slice(offset), ...items.slice(0, offset)];
}
