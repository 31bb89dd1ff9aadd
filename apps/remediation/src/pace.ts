import { readReplayTotals } from "@mutt/pipeline-state";
import { type Pace, stepPace } from "@mutt/replay";
import type { Redis } from "ioredis";

/** Where the pace is kept. */
interface PaceDeps {
  redis: Redis;
  prefix: string;
}

function keyOf(prefix: string): string {
  return `${prefix}:replay-pace`;
}

/** Reads how many entries an interval may replay; `undefined` before the first step. */
export async function readPace({ redis, prefix }: PaceDeps): Promise<Pace | undefined> {
  const text = await redis.get(keyOf(prefix));
  return text === null ? undefined : (JSON.parse(text) as Pace);
}

/** Takes a step of the pace and keeps it; only the leader does. */
export async function takePaceStep(
  deps: PaceDeps,
  options: { isTried: boolean; most: number },
): Promise<Pace> {
  const totals = await readReplayTotals(deps.redis, deps.prefix);
  const pace = stepPace(await readPace(deps), totals, options);
  await deps.redis.set(keyOf(deps.prefix), JSON.stringify(pace));
  return pace;
}
