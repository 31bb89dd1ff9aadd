import { monotonicMs } from "../processes/clock.ts";
import { readCpuMs } from "../processes/usage.ts";
import { atMost } from "../report/judge.ts";
import { formatMiB } from "../report/table.ts";
import { measureStep, warmUp } from "../scenarios/measure-step.ts";
import { type MuttSystem, startMutt } from "../systems/mutt.ts";
import { plotBacklog } from "./backlog-plot.ts";
import { type Backlog, type BacklogQueue, openBacklog } from "./backlog-queues.ts";
import {
  formatLeg,
  formatWhole,
  LEGS,
  type Leg,
  type LegReading,
  wholeCost,
} from "./backlog-report.ts";
import { rotated, roundsOf } from "./rounds.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

const SIZES = { full: [0, 10_000, 100_000, 1_000_000], quick: [0, 10_000, 50_000] };

/** Events that are measured in one leg. */
const EVENTS = {
  full: { lists: 40_000, singles: 8000, alerter: 40_000, forwarder: 40_000 },
  quick: { lists: 6000, singles: 1500, alerter: 6000, forwarder: 6000 },
};

/** Ten times what may be queued by default, and twice the memory that the largest backlog needs. */
const LIMITS = { env: { MAX_INGEST_QUEUE_SIZE: "10000000" }, maxmemory: "4gb" };

const STEP_LIMIT_MS = 30_000;

/** Events that a worker may have in hand when its queue is held still: they too have to be of the measured kind. */
const IN_HAND = 2000;

/** The metric is what counts; far from the number of jobs that left the queue, something is wrong. */
const COUNTED_SHARE = 0.9;

/** What counts as flat. */
const FLAT = 1.2;

/** Asks what an event costs when many others are queued already, before matching and before delivery. */
export async function studyBacklog(context: StudyContext): Promise<StudyReport> {
  const kind = context.isQuick ? "quick" : "full";
  const rounds = roundsOf(context, { full: 3, quick: 1 });
  const sizes = SIZES[kind];
  await using system = await startMutt(context.bench.sink, LIMITS);
  await warmUp(context.bench, system);
  await using backlog = await openBacklog(system);
  const readings: LegReading[] = [];
  let usedBytes = 0;
  for (let round = 0; round < rounds; round++) {
    for (const queued of rotated(sizes, round)) {
      context.log(`round ${round + 1}: ${queued.toLocaleString("en-US")} queued`);
      readings.push(...(await measureLegs(context, { system, backlog, queued, of: EVENTS[kind] })));
      usedBytes = Math.max(usedBytes, await backlog.usedBytes());
    }
  }
  const costs = sizes.map((queued) => wholeCost(readings, queued));
  const [empty = Number.NaN] = costs;
  const file = await context.keep("backlog.svg", plotBacklog(readings, sizes));
  return {
    text: [
      `Backlog: what an event costs while so many are queued in ingest and as many as deliveries of 50 in alert; ${rounds} round(s), sizes in turn`,
      ...(Object.keys(LEGS) as Leg[]).map((leg) => formatLeg(readings, leg, sizes)),
      formatWhole(sizes, costs),
      `  memory of Redis: ${formatMiB(usedBytes)} at most; the rewriting of its append-only file was kept out of what was measured`,
      `  plot: ${file}`,
    ].join("\n\n"),
    aims: [
      atMost(
        FLAT,
        `cost of an event, ${sizes.at(-1)?.toLocaleString("en-US")} queued ÷ none queued, the worst size`,
        Math.max(...costs) / empty,
      ),
    ],
  };
}

interface LegOptions {
  system: MuttSystem;
  backlog: Backlog;
  queued: number;
  of: Record<Leg, number>;
}

async function measureLegs(
  { bench }: StudyContext,
  { system, backlog, queued, of }: LegOptions,
): Promise<LegReading[]> {
  // What is measured in the later legs is of the same kind as what it is queued with.
  await backlog.fill(queued + Math.max(of.alerter, of.forwarder) + IN_HAND);
  const take = async (leg: "lists" | "singles"): Promise<LegReading> => {
    const isList = leg === "lists";
    const step = {
      name: leg,
      title: "",
      perPost: isList ? 100 : ("single" as const),
      forwardEvery: 1,
      connections: isList ? 8 : 64,
    };
    const held = { ...system, delivers: false };
    const bounds = { maxEvents: of[leg], maxMs: STEP_LIMIT_MS };
    const { acceptedPerSecond, cpuPerEvent } = await measureStep(bench, held, step, bounds);
    return { leg, queued, eventsPerSecond: acceptedPerSecond, cpuPerEvent };
  };
  const drain = (leg: "alerter" | "forwarder", queue: BacklogQueue): Promise<LegReading> =>
    measureDrain({ system, backlog, queued }, { leg, queue, events: of[leg] });
  return [
    await take("lists"),
    await take("singles"),
    await drain("alerter", "ingest"),
    await drain("forwarder", "alert"),
  ];
}

/** How each worker counts the events that it is done with. */
const DONE = {
  alerter: { metric: "mutt_alerter_events_total", labels: {} },
  forwarder: { metric: "mutt_forward_alerts_total", labels: { outcome: "delivered" } },
};

async function measureDrain(
  { system, backlog, queued }: Omit<LegOptions, "of">,
  { leg, queue, events }: { leg: "alerter" | "forwarder"; queue: BacklogQueue; events: number },
): Promise<LegReading> {
  const { metric, labels } = DONE[leg];
  const done = (): Promise<number> => system.pipeline.app(leg).metric(metric, labels);
  const doneBefore = await done();
  const cpuBefore = await readCpuMs(system.processes);
  const startedMs = monotonicMs();
  await backlog.letOut(queue, events);
  const seconds = (monotonicMs() - startedMs) / 1000;
  const cpuAfter = await readCpuMs(system.processes);
  const count = (await done()) - doneBefore;
  if (count < events * COUNTED_SHARE) {
    throw new Error(`${metric} has counted ${count} of ${events} events that left ${queue}`);
  }
  const cpuPerEvent = Object.fromEntries(
    [...cpuAfter].map(([name, ms]) => [name, ((ms - (cpuBefore.get(name) ?? 0)) * 1000) / count]),
  );
  return { leg, queued, eventsPerSecond: count / seconds, cpuPerEvent };
}
