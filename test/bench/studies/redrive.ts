import { setTimeout as sleep } from "node:timers/promises";
import { createDeadLetterReader, listDeadLetters } from "@mutt/queues";
import { listGroups, planRedrive, readRedrive, startRedrive, steerRedrive } from "@mutt/redrive";
import { storeKeys } from "@mutt/store";
import { monotonicMs } from "../processes/clock.ts";
import { below } from "../report/judge.ts";
import { type Percentiles, percentiles } from "../scenarios/statistics.ts";
import { type MuttSystem, startMutt } from "../systems/mutt.ts";
import { preloadDeadLetters } from "./preload-dead-letters.ts";
import type { StudyContext, StudyReport } from "./studies.ts";

/** Fresh events a second, one alert each: well below what the machine can do, so that waiting comes from the redrive. */
const FRESH_PER_SECOND = 200;

/** Replays a second that the storm cap allows: the default, and ten times as many. */
const CAPS = [50, 500];

const SETTINGS = { REMEDIATION_INTERVAL: "1", REMEDIATION_PAUSE_MS: "0" };
const RAMP_MS = 6000;

/** The most that Redis may be held up by one command, in milliseconds. */
const SLOW_MS = 50;

const NO_TIMES: Percentiles = {
  p50: Number.NaN,
  p90: Number.NaN,
  p99: Number.NaN,
  max: Number.NaN,
};

let lastRun = 7000;

/** Asks what a redrive brings, what it costs fresh alerts, and whether looking at a long queue holds up Redis. */
export async function studyRedrive(context: StudyContext): Promise<StudyReport> {
  const entries = context.isQuick ? 20_000 : 100_000;
  const seconds = context.isQuick ? 10 : 60;
  await using system = await startMutt(context.bench.sink, { own: { remediation: SETTINGS } });
  const deps = depsOf(system);
  context.log(`${entries} dead letters into dlq-alerter`);
  await preloadDeadLetters(deps, entries);
  await deps.redis.config("SET", "slowlog-log-slower-than", "5000");
  await deps.redis.call("SLOWLOG", "RESET");
  context.log("listing, grouping, planning");
  const looks = await measureLooks(deps);
  const slowestLook = await slowestCommand(deps.redis);
  context.log("fresh alerts alone");
  const alone = await measureFresh(context, system, seconds);
  const under = [];
  for (const cap of CAPS) {
    context.log(`fresh alerts beside a redrive, capped at ${cap} a second`);
    under.push({ cap, ...(await measureUnder(context, system, { cap, seconds })) });
  }
  const slowest = await slowestCommand(deps.redis);
  const lines = [
    `Redrive: ${FRESH_PER_SECOND} fresh alerts/s beside a dead letter queue of ${entries}, ${seconds} s each`,
    ...looks.map(({ what, ms }) => `  ${what.padEnd(24)} ${ms.toFixed(0)} ms`),
    `  memory of the process    grew by ${looks.at(-1)?.grewMiB.toFixed(0)} MiB at most meanwhile`,
    `  slowest Redis command    ${slowestLook.ms.toFixed(1)} ms meanwhile (${slowestLook.command})`,
    `  fresh alerts alone       accepted to delivered ${describe(alone)}`,
    ...under.map(
      ({ cap, rate, fresh }) =>
        `  with a redrive at ${String(cap).padEnd(4)}   ${rate.toFixed(0)} replays/s delivered; fresh ${describe(fresh)}: p99 ${(fresh.p99 / alone.p99).toFixed(2)} times that alone`,
    ),
    `  slowest Redis command    ${slowest.ms.toFixed(1)} ms of the whole run (${slowest.command})`,
  ];
  return {
    text: lines.join("\n"),
    aims: [below(SLOW_MS, "slowest Redis command while a long queue is looked at", slowestLook.ms)],
  };
}

function depsOf({ pipeline: { redis, prefix } }: MuttSystem) {
  const client = redis.client();
  return {
    redis: client,
    prefix,
    auditKey: storeKeys(prefix).audit,
    entries: createDeadLetterReader(client, prefix),
    settings: { maxPoisonRetries: 3, batchSize: 50, intervalSeconds: 1 },
  };
}

type Deps = ReturnType<typeof depsOf>;

async function measureLooks(deps: Deps) {
  const rss = () => process.memoryUsage.rss() / 1024 / 1024;
  const before = rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, rss());
  }, 20);
  const looks = {
    "a page of the list": () => listDeadLetters(deps.entries, () => true, { limit: 200 }),
    "a list of no match": () => listDeadLetters(deps.entries, () => false, { limit: 200 }),
    "all groups": () => listGroups(deps),
    "a plan of everything": () => planRedrive(deps, { filter: {}, all: true, actor: "bench" }),
  };
  const results: { what: string; ms: number; grewMiB: number }[] = [];
  for (const [what, look] of Object.entries(looks)) {
    const startedMs = monotonicMs();
    await look();
    results.push({ what, ms: monotonicMs() - startedMs, grewMiB: most - before });
  }
  clearInterval(timer);
  return results;
}

/** Sends fresh alerts for a while and says how long they took to be delivered. */
async function measureFresh(
  { bench }: StudyContext,
  system: MuttSystem,
  seconds: number,
): Promise<Percentiles> {
  const run = ++lastRun;
  const maxEvents = FRESH_PER_SECOND * seconds;
  await bench.sink.begin(run, maxEvents);
  const sent = await bench.load.run({
    urls: system.urls,
    headers: system.headers,
    shape: system.shape,
    run,
    forwardEvery: 1,
    perPost: "single",
    connections: 32,
    postsPerSecond: FRESH_PER_SECOND,
    maxEvents,
    maxMs: seconds * 1000,
  });
  const { arrivedMs, unique } = await bench.sink.arrived(sent.events, 10_000);
  if (unique < sent.events) throw new Error(`${sent.events - unique} fresh alerts did not arrive`);
  const times = Array.from(
    arrivedMs.subarray(0, sent.events),
    (at, index) => at - (sent.sentMs[index] ?? 0),
  );
  return percentiles(times) ?? NO_TIMES;
}

async function measureUnder(
  context: StudyContext,
  system: MuttSystem,
  { cap, seconds }: { cap: number; seconds: number },
): Promise<{ rate: number; fresh: Percentiles }> {
  const deps = depsOf(system);
  await deps.redis.set(`${deps.prefix}:config:remediation_batch_size`, String(cap));
  const by = { actor: "bench", reason: "study" };
  const plan = await planRedrive(deps, { filter: {}, all: true, actor: by.actor });
  const order = { planId: plan.plan_id, reason: by.reason, maxPerSecond: 1000, all: true };
  const { id } = await startRedrive(deps, order, by);
  // The pace is earned: it doubles in every interval.
  await sleep(RAMP_MS);
  const replayed = () =>
    system.pipeline
      .app("forwarder")
      .metric("mutt_forward_alerts_total", { outcome: "delivered", origin: "replay" });
  const before = await replayed();
  const startedMs = monotonicMs();
  const fresh = await measureFresh(context, system, seconds);
  const rate = (((await replayed()) - before) * 1000) / (monotonicMs() - startedMs);
  const { waiting_for: gate } = (await readRedrive(deps, id)) ?? {};
  if (gate) context.log(`the redrive waits for ${gate}`);
  await steerRedrive(deps, { id, order: "cancel" }, by);
  return { rate, fresh };
}

async function slowestCommand(redis: Deps["redis"]): Promise<{ ms: number; command: string }> {
  const rows = (await redis.call("SLOWLOG", "GET", "-1")) as [number, number, number, string[]][];
  const slowest = rows.toSorted((a, b) => b[2] - a[2])[0];
  if (slowest === undefined) return { ms: 0, command: "none above 5 ms" };
  return { ms: slowest[2] / 1000, command: slowest[3].slice(0, 4).join(" ").slice(0, 120) };
}

function describe({ p50, p99 }: Percentiles): string {
  return `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
}
