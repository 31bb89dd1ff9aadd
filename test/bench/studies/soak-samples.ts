import { setTimeout as sleep } from "node:timers/promises";
import { monotonicMs } from "../processes/clock.ts";
import { countOpenFiles } from "../processes/open-files.ts";
import { readUsage } from "../processes/usage.ts";
import { within } from "../processes/within.ts";
import type { MuttSystem } from "../systems/mutt.ts";

/** What is watched of a process, by the name that the report gives it. */
export type Watch = "resident" | "heap" | "data" | "open files" | "handles";

/** One figure of one process at one moment: bytes, or a count. */
interface SoakReading {
  process: string;
  watch: Watch;
  value: number;
}

/** Everything that was seen at one moment, in seconds since the beginning of the load. */
export interface SoakSample {
  at: number;
  readings: SoakReading[];
}

const REDIS_LIMIT = { what: "Redis says how much memory it uses", limitMs: 10_000 };

/**
 * Looks at every process of MUTT again and again until told to stop. A look that fails is left out: a process that is too
 * busy to answer must not end a run of half an hour.
 */
export async function sampleProcesses(
  system: MuttSystem,
  { everyMs, signal }: { everyMs: number; signal: AbortSignal },
): Promise<SoakSample[]> {
  const samples: SoakSample[] = [];
  const startedMs = monotonicMs();
  const redis = system.pipeline.redis.client();
  while (!signal.aborted) {
    const at = (monotonicMs() - startedMs) / 1000;
    try {
      const memory = await within(redis.info("memory"), REDIS_LIMIT);
      const data = Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
      const readings = [...(await readApps(system)), ...(await readFromOutside(system))];
      samples.push({
        at,
        readings: [...readings, { process: "redis", watch: "data", value: data }],
      });
    } catch {
      // The next look will do.
    }
    // Ends at once when told to stop.
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
  redis.disconnect();
  return samples;
}

async function readFromOutside({ processes }: MuttSystem): Promise<SoakReading[]> {
  const readings: SoakReading[] = [];
  for (const { name: process, pid } of processes) {
    const usage = await readUsage(pid);
    const files = await countOpenFiles(pid);
    if (usage) readings.push({ process, watch: "resident", value: usage.rssBytes });
    if (files !== undefined) readings.push({ process, watch: "open files", value: files });
  }
  return readings;
}

const METRICS: readonly [Watch, string][] = [
  ["heap", "nodejs_heap_size_used_bytes"],
  ["handles", "nodejs_active_handles_total"],
];

async function readApps({ apps }: MuttSystem): Promise<SoakReading[]> {
  const ofEach = apps.map(async (app) => {
    const samples = await app.metrics();
    return METRICS.map(([watch, metric]): SoakReading => {
      const value = samples.find(({ name }) => name === metric)?.value ?? Number.NaN;
      return { process: app.name, watch, value };
    });
  });
  return (await Promise.all(ofEach)).flat();
}
