import { setTimeout as sleep } from "node:timers/promises";
import { readUsage } from "../processes/usage.ts";
import { startMutt } from "../systems/mutt.ts";
import type { System } from "../systems/system.ts";
import { type Bench, measureStep, warmUp } from "./measure-step.ts";

/** Resident memory of one process over the run, in bytes. */
export interface MemoryRow {
  process: string;
  /** After the first bursts, when code and buffers are in place. */
  startBytes: number;
  endBytes: number;
  maxBytes: number;
}

/** Events of a burst: most in lists, some in single posts. */
const LIST_EVENTS = 10_000;
const SINGLE_EVENTS = 3000;

/** Bursts before the first reading that counts. */
const SETTLING_BURSTS = 2;
const SAMPLE_MS = 250;

/** What the bursts came to. */
export interface MemoryResult {
  events: number;
  rows: MemoryRow[];
}

/** Loads MUTT to saturation again and again and watches the resident memory of each process. */
export async function measureMemory(
  bench: Bench,
  { bursts, maxMs }: { bursts: number; maxMs: number },
): Promise<MemoryResult> {
  await using system = await startMutt(bench.sink);
  await warmUp(bench, system);
  let events = 0;
  for (let burst = 0; burst < SETTLING_BURSTS; burst++) events += await load(bench, system);

  const start = await readRss(system);
  const max = new Map(start);
  const stop = new AbortController();
  const watching = watch(system, max, stop.signal);
  const until = performance.now() + maxMs;
  for (let burst = 0; burst < bursts && performance.now() < until; burst++) {
    events += await load(bench, system);
  }
  stop.abort();
  await watching;
  const end = await readRss(system);
  const rows = [...start].map(([process, startBytes]) => {
    const endBytes = end.get(process) ?? 0;
    return { process, startBytes, endBytes, maxBytes: Math.max(max.get(process) ?? 0, endBytes) };
  });
  return { events, rows };
}

async function load(bench: Bench, system: System): Promise<number> {
  const common = { name: "memory", title: "", forwardEvery: 1 };
  const lists = { ...common, perPost: 100, connections: 8 };
  const singles = { ...common, perPost: "single" as const, connections: 64 };
  const first = await measureStep(bench, system, lists, { maxEvents: LIST_EVENTS, maxMs: 5000 });
  const second = await measureStep(bench, system, singles, {
    maxEvents: SINGLE_EVENTS,
    maxMs: 5000,
  });
  return first.events + second.events;
}

async function watch(system: System, max: Map<string, number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const [process, bytes] of await readRss(system)) {
      max.set(process, Math.max(bytes, max.get(process) ?? 0));
    }
    await sleep(SAMPLE_MS);
  }
}

async function readRss(system: System): Promise<Map<string, number>> {
  const rss = new Map<string, number>();
  for (const { name, pid } of system.processes) {
    const usage = await readUsage(pid);
    if (usage) rss.set(name, usage.rssBytes);
  }
  return rss;
}
