import { setTimeout as sleep } from "node:timers/promises";
import type { LoadResult } from "../load/order.ts";
import { monotonicMs } from "../processes/clock.ts";
import { within } from "../processes/within.ts";
import { atLeast, atMost, never } from "../report/judge.ts";
import { percentiles } from "../scenarios/statistics.ts";
import type { Arrivals } from "../sink/arrivals.ts";
import { type MuttSystem, startMutt } from "../systems/mutt.ts";
import { plotOverload } from "./overload-plot.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

/** What was seen at one moment. */
export interface OverloadSample {
  /** Seconds since the beginning of the load. */
  at: number;
  depth: number;
  state: string;
  share: number;
  /** Alerts since the beginning. */
  delivered: number;
  shed: number;
  deferred: number;
  redisBytes: number;
}

/** Requests a second that the platform takes; one alert each, so that capacity is a plain number. */
const CAPACITY = 100;

const SHED_THRESHOLD = 200;
const SAMPLE_MS = 500;
const STATES = ["normal", "warn", "shed", "recovering"];

const REDIS_LIMIT = { what: "Redis says how much memory it uses", limitMs: 10_000 };

/** Of twenty events of the load the seventh is critical, and every one that is forwarded pages. */
const isCritical = (sequence: number): boolean => sequence % 20 === 6;

const SETTINGS = {
  MOOG_RATE_LIMIT: String(CAPACITY),
  MOOG_BATCH_MAX: "1",
  REMEDIATION_ENABLED: "false",
};

let lastRun = 9000;

/** Sends twice what the platform takes, and asks what becomes of goodput, critical latency and memory. */
export async function studyOverload(context: StudyContext): Promise<StudyReport> {
  const seconds = context.isQuick ? 20 : 120;
  const settle = context.isQuick ? 10 : 30;
  context.log("saturation without shedding");
  const saturated = await measure(context, { threshold: 10_000_000, rate: 2, seconds: settle });
  context.log("latency without overload");
  const unloaded = await measure(context, { threshold: 10_000_000, rate: 0.25, seconds: settle });
  context.log(`twice the capacity for ${seconds} s`);
  const overloaded = await measure(context, { threshold: SHED_THRESHOLD, rate: 2, seconds });
  const file = await context.keep("overload.svg", plotOverload(overloaded.samples, CAPACITY));

  const goodput = overloaded.deliveredPerSecond / saturated.deliveredPerSecond;
  const latency = overloaded.critical.p99 / unloaded.critical.p99;
  const redis = overloaded.samples.map(({ redisBytes }) => redisBytes);
  const last = overloaded.samples.at(-1);
  const lines = [
    `Overload: ${2 * CAPACITY} alerts/s against a platform that takes ${CAPACITY}/s, ${seconds} s, mode dlq, progressive`,
    `  delivered                ${overloaded.deliveredPerSecond.toFixed(0)}/s, at saturation without shedding ${saturated.deliveredPerSecond.toFixed(0)}/s`,
    `  critical, accepted to delivered: p99 ${overloaded.critical.p99.toFixed(0)} ms, unloaded ${unloaded.critical.p99.toFixed(0)} ms (p50 ${overloaded.critical.p50.toFixed(0)} and ${unloaded.critical.p50.toFixed(0)} ms; saturated without shedding p99 ${saturated.critical.p99.toFixed(0)} ms)`,
    `  critical alerts missing  ${overloaded.criticalMissing} of ${overloaded.criticalSent}`,
    `  deepest queue            ${Math.max(...overloaded.samples.map(({ depth }) => depth))} deliveries (shed threshold ${SHED_THRESHOLD})`,
    `  shed / deferred          ${last?.shed} / ${last?.deferred} of ${overloaded.sent} events`,
    `  memory of Redis          ${mebibytes(redis.at(0))} at the start, ${mebibytes(Math.max(...redis))} at most; dead letters stay in it`,
    `  plot                     ${file}`,
  ];
  return {
    text: lines.join("\n"),
    aims: [
      atLeast(0.9, "delivered under overload ÷ delivered at saturation", goodput),
      atMost(2, "p99 of critical alerts under overload ÷ unloaded", latency),
      never("a critical alert is shed or lost", overloaded.criticalMissing),
    ],
  };
}

function mebibytes(bytes = 0): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

interface Measured {
  sent: number;
  /** While the load lasted, without its first fifth, in which code is still being compiled; so is what follows. */
  deliveredPerSecond: number;
  critical: { p50: number; p99: number };
  criticalSent: number;
  criticalMissing: number;
  samples: OverloadSample[];
}

async function measure(
  { bench }: StudyContext,
  { threshold, rate, seconds }: { threshold: number; rate: number; seconds: number },
): Promise<Measured> {
  const thresholds = {
    ALERTER_QUEUE_WARN_THRESHOLD: String(threshold / 2),
    ALERTER_QUEUE_SHED_THRESHOLD: String(threshold),
  };
  const own = { ...SETTINGS, ...thresholds };
  await using system = await startMutt(bench.sink, {
    own: { alerter: own, forwarder: own, remediation: own },
  });
  const run = ++lastRun;
  const postsPerSecond = rate * CAPACITY;
  const maxEvents = Math.ceil(postsPerSecond * seconds);
  await bench.sink.begin(run, maxEvents + 1000);
  const startedMs = monotonicMs();
  const stop = new AbortController();
  const sampling = sample(system, startedMs, stop.signal);
  // It is awaited after the load; until then a failure must not count as one that nobody looks at.
  sampling.catch(() => {});
  const sent = await bench.load.run({
    urls: system.urls,
    headers: system.headers,
    shape: system.shape,
    run,
    forwardEvery: 1,
    perPost: "single",
    connections: 32,
    postsPerSecond,
    maxEvents,
    maxMs: seconds * 1000,
  });
  // What is protected may still be put off for as long as one wait; the rest of the queue drains.
  await sleep(2000);
  stop.abort();
  const samples = await sampling;
  const arrivals = await bench.sink.arrived(0, 0);
  return { ...judge(sent, arrivals), samples };
}

function judge(sent: LoadResult, arrivals: Arrivals): Omit<Measured, "samples"> {
  const critical: number[] = [];
  let criticalSent = 0;
  let inWindow = 0;
  const from = sent.firstSendMs + (sent.lastAnswerMs - sent.firstSendMs) / 5;
  for (let sequence = 0; sequence < sent.events; sequence++) {
    const arrivedMs = arrivals.arrivedMs[sequence] ?? 0;
    if (arrivedMs >= from && arrivedMs <= sent.lastAnswerMs) inWindow++;
    if (!isCritical(sequence) || (sent.sentMs[sequence] ?? 0) < from) continue;
    criticalSent++;
    if (arrivedMs > 0) critical.push(arrivedMs - (sent.sentMs[sequence] ?? 0));
  }
  return {
    sent: sent.events,
    deliveredPerSecond: (inWindow * 1000) / (sent.lastAnswerMs - from),
    critical: percentiles(critical) ?? { p50: Number.NaN, p99: Number.NaN },
    criticalSent,
    criticalMissing: criticalSent - critical.length,
  };
}

async function sample(
  { pipeline }: MuttSystem,
  startedMs: number,
  signal: AbortSignal,
): Promise<OverloadSample[]> {
  const samples: OverloadSample[] = [];
  const alerter = pipeline.app("alerter");
  const forwarder = pipeline.app("forwarder");
  const redis = pipeline.redis.client();
  while (!signal.aborted) {
    const of = (name: string, labels?: Record<string, string>) => alerter.metric(name, labels);
    const states = await Promise.all(
      STATES.map(async (state) => ((await of("mutt_alerter_state", { state })) === 1 ? state : "")),
    );
    const memory = await within(redis.info("memory"), REDIS_LIMIT);
    samples.push({
      at: (monotonicMs() - startedMs) / 1000,
      depth: await of("mutt_alerter_queue_depth"),
      state: states.join("") || "normal",
      share: await of("mutt_alerter_shed_share"),
      shed: await of("mutt_alerter_shed_events_total", { mode: "dlq" }),
      deferred: await of("mutt_alerter_shed_events_total", { mode: "defer" }),
      delivered: await forwarder.metric("mutt_forward_alerts_total", { outcome: "delivered" }),
      redisBytes: Number(/^used_memory:(\d+)/m.exec(memory)?.[1] ?? 0),
    });
    await sleep(SAMPLE_MS);
  }
  return samples;
}
