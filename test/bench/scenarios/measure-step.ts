import type { Load } from "../load/load.ts";
import type { LoadResult } from "../load/order.ts";
import { countForwarded } from "../load/payload.ts";
import { readCpuMs } from "../processes/usage.ts";
import type { Arrivals } from "../sink/arrivals.ts";
import type { Sink } from "../sink/sink.ts";
import type { System, SystemName } from "../systems/system.ts";
import { type Percentiles, percentiles } from "./statistics.ts";
import type { Step } from "./steps.ts";

/** The processes that are the same for all systems. */
export interface Bench {
  load: Load;
  sink: Sink;
}

/** When a load stops, and how long its events may take to arrive. */
export interface Bounds {
  maxEvents: number;
  maxMs: number;
}

/** What one step on one system came to. */
export interface StepResult {
  system: SystemName;
  step: string;
  round: number;
  events: number;
  acceptedPerSecond: number;
  /** Bytes of the request bodies, per event. */
  bytesPerEvent: number;
  refusedPosts: number;
  /** Of systems that deliver. */
  delivery?: DeliveryResult;
  /** Share of one core that the load generator used while it sent. */
  generatorShare: number;
  /** Microseconds of processor time per event, from the first post to the last arrival. */
  cpuPerEvent: Record<string, number>;
}

/** What arrived at the sink. */
interface DeliveryResult {
  alerts: number;
  missing: number;
  duplicates: number;
  requests: number;
  /** From the first post to the last arrival. */
  seconds: number;
  alertsPerSecond: number;
  /** Events that came to their outcome, forwarded or not. */
  eventsPerSecond: number;
  /** From the post to the arrival. */
  latencyMs?: Percentiles;
}

const DRAIN_LIMIT_MS = 45_000;

/** How long each half of the warm-up lasts at most. */
const WARM_UP_MS = 1500;

let lastRun = 0;

/** Loads a system by a step and measures; waits until everything it accepted has arrived. */
export async function measureStep(
  { load, sink }: Bench,
  system: System,
  step: Step,
  bounds: Bounds,
): Promise<Omit<StepResult, "round">> {
  const run = ++lastRun;
  const watched = [
    ...system.processes,
    { name: "sink", pid: sink.pid },
    { name: "generator", pid: load.pid },
  ];
  await sink.begin(run, bounds.maxEvents + 1000);
  const cpuBefore = await readCpuMs(watched);
  const sent = await load.run({
    urls: system.urls,
    headers: system.headers,
    shape: system.shape,
    run,
    ...loadOf(step),
    ...bounds,
  });
  refuseRefusals(system, step, sent);
  const arrivals = system.delivers ? await untilAllArrived(sink, sent, step) : undefined;
  const cpuAfter = await readCpuMs(watched);
  const sendMs = sent.lastAnswerMs - sent.firstSendMs;
  return {
    system: system.name,
    step: step.name,
    events: sent.events,
    acceptedPerSecond: (sent.events / sendMs) * 1000,
    bytesPerEvent: sent.bodyBytes / sent.events,
    refusedPosts: sent.refusedPosts,
    generatorShare: sent.cpuMs / sendMs,
    cpuPerEvent: Object.fromEntries(
      [...cpuAfter].map(([name, cpuMs]) => {
        const spentMs = cpuMs - (cpuBefore.get(name) ?? 0);
        return [name, (spentMs * 1000) / sent.events];
      }),
    ),
    ...(arrivals && { delivery: deliveryOf(sent, arrivals, step) }),
  };
}

/** Has a system reach its pace before it is measured. */
export async function warmUp(bench: Bench, system: System): Promise<void> {
  const half = { maxEvents: system.warmUpEvents / 2, maxMs: WARM_UP_MS };
  const common = { name: "warm-up", title: "", forwardEvery: 1 };
  await measureStep(bench, system, { ...common, perPost: 100, connections: 4 }, half);
  await measureStep(bench, system, { ...common, perPost: "single", connections: 64 }, half);
}

function loadOf(step: Step) {
  const { perPost, forwardEvery, connections, postsPerSecond } = step;
  return {
    perPost,
    forwardEvery,
    connections,
    ...(postsPerSecond !== undefined && { postsPerSecond }),
  };
}

/** A figure of accepted events is worthless when some were refused. */
function refuseRefusals(system: System, step: Step, sent: LoadResult): void {
  if (sent.refusedPosts === 0) return;
  throw new Error(
    `${system.name} refused ${sent.refusedPosts} of ${sent.posts} posts in ${step.name}, the first with HTTP ${sent.firstRefusal}`,
  );
}

async function untilAllArrived(sink: Sink, sent: LoadResult, step: Step): Promise<Arrivals> {
  return await sink.arrived(countForwarded(sent.events, step.forwardEvery), DRAIN_LIMIT_MS);
}

function deliveryOf(sent: LoadResult, arrivals: Arrivals, step: Step): DeliveryResult {
  const latencies: number[] = [];
  arrivals.arrivedMs.forEach((arrivedMs, sequence) => {
    const sentMs = sent.sentMs[sequence];
    if (arrivedMs > 0 && sentMs !== undefined) latencies.push(arrivedMs - sentMs);
  });
  const expected = countForwarded(sent.events, step.forwardEvery);
  const seconds = (arrivals.lastMs - sent.firstSendMs) / 1000;
  const latencyMs = percentiles(latencies);
  return {
    alerts: arrivals.unique,
    missing: expected - arrivals.unique,
    duplicates: arrivals.duplicates,
    requests: arrivals.requests,
    seconds,
    alertsPerSecond: arrivals.unique / seconds,
    // Events whose alert did not arrive in time are not counted as handled.
    eventsPerSecond: (sent.events * (arrivals.unique / expected)) / seconds,
    ...(latencyMs && { latencyMs }),
  };
}
