import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, formatFault } from "./faults/fault.ts";
import { runFaults } from "./faults/run-faults.ts";
import { drawSchedule } from "./faults/schedule.ts";
import { checkApps, checkMemory, readMemory } from "./judge/check-apps.ts";
import { checkSlo, seenFailures } from "./judge/check-slo.ts";
import { untilDrained } from "./judge/drain.ts";
import type { Evidence, Violation } from "./judge/evidence.ts";
import { gatherEvidence } from "./judge/gather.ts";
import { judge } from "./judge/judge.ts";
import { type Oracle, startOracle } from "./oracle/oracle.ts";
import { keepTraces } from "./report/keep-traces.ts";
import { summarise } from "./report/summary.ts";
import { startTimeline, type Timeline } from "./report/timeline.ts";
import { healStack } from "./stack/heal.ts";
import { type Stack, startStack } from "./stack/stack.ts";

/** What is run. */
export interface SeedOptions {
  seed: number;
  /** Length of the fault phase. */
  seconds: number;
  /** Where the timeline goes, and on failure all traces. */
  directory: string;
}

/** What came of it. */
export interface SeedResult {
  seed: number;
  violations: readonly Violation[];
  /** One line of figures. */
  summary: string;
  schedule: readonly Fault[];
  directory: string;
}

/** Traffic before the first fault, in milliseconds: memory is measured when everything was in use. */
const WARM_UP_MS = 3000;

/** How long everything may take to come to rest, in milliseconds. */
const DRAIN_MS = 120_000;

/** Runs one seed from the start of the stack to the judgement; the stack is gone afterwards. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const { seed, seconds, directory } = options;
  await mkdir(directory, { recursive: true });
  const schedule = drawSchedule(seed, seconds);
  await writeFile(join(directory, "schedule.txt"), `${schedule.map(formatFault).join("\n")}\n`);
  const timeline = startTimeline(join(directory, "timeline.txt"));
  await using stack = await startStack(seed);
  timeline.note("the stack is up");
  const oracle = startOracle(seed, stack.ingestors);
  const { violations, summary, evidence } = await trouble(stack, { oracle, schedule, timeline });
  if (violations.length > 0) {
    await keepTraces(stack, { violations, evidence, timeline, schedule, directory });
  }
  return { seed, violations, summary, schedule, directory };
}

async function trouble(
  stack: Stack,
  run: { oracle: Oracle; schedule: readonly Fault[]; timeline: Timeline },
): Promise<{ violations: Violation[]; summary: string; evidence: Evidence }> {
  const { oracle, schedule, timeline } = run;
  const violations: Violation[] = [];
  await sleep(WARM_UP_MS);
  const before = await readMemory(stack);
  timeline.note("the faults begin");
  const faults = await runFaults(stack, schedule, timeline);
  timeline.note("the faults are over");
  await healStack(stack, timeline).catch((error: Error) => {
    violations.push({ what: "not healed", detail: error.message, ids: [] });
  });
  await oracle.stop();
  timeline.note("the senders are done");
  const healedAt = Date.now();
  const left = await untilDrained(stack, DRAIN_MS);
  const drainedMs = Date.now() - healedAt;
  if (left !== undefined) violations.push({ what: "not drained", detail: left, ids: [] });
  timeline.note("the queues are at rest");
  const evidence = await gatherEvidence(stack, oracle.requests, faults.inHand);
  violations.push(...judge(evidence));
  const after = await readMemory(stack);
  violations.push(...checkMemory(before, after));
  const apps = await checkApps(stack);
  const slo = await checkSlo(stack, seenFailures(stack, oracle.requests));
  violations.push(...apps.violations, ...slo.violations);
  for (const detail of stack.processes.problems) {
    violations.push({ what: "a process", detail, ids: [] });
  }
  const ledger = await stack.admin("GET", "/api/v1/ledger").catch(() => undefined);
  const summary = summarise({
    evidence,
    faults: faults.begun,
    drainedMs,
    probeMs: apps.probeMs,
    before,
    after,
    slo: slo.answer,
    ledger,
  });
  return { violations, summary, evidence };
}
