import { copyFile, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AppName } from "@mutt/stack";
import { monotonicMs } from "../processes/clock.ts";
import { formatNumber, formatTable } from "../report/table.ts";
import { type Bench, measureStep, warmUp } from "../scenarios/measure-step.ts";
import { STEPS, type StepName } from "../scenarios/steps.ts";
import { startMutt } from "../systems/mutt.ts";
import { byPackage, type CpuProfile, type SelfTime, selfTimes } from "./read-profile.ts";

/** What is profiled, and how. */
export interface ProfileOptions {
  app: AppName;
  isWanted(step: StepName): boolean;
  /** Where the profile is kept. */
  file: string | undefined;
}

const TOP = 25;
const MAX_EVENTS = 60_000;

/** Long enough for thousands of samples of every step. */
const STEP_MS = 5000;

/** Profiles one app of MUTT under each step of the load, and lists where it spends its own time. */
export async function profileApp(bench: Bench, options: ProfileOptions): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "profile-"));
  const windows: { title: string; fromMs: number; toMs: number; events: number }[] = [];
  await using system = await startMutt(bench.sink, {
    own: { [options.app]: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${dir}` } },
  });
  await warmUp(bench, system);
  for (const step of STEPS.filter(({ name }) => options.isWanted(name))) {
    const fromMs = monotonicMs();
    const bounds = { maxEvents: MAX_EVENTS, maxMs: STEP_MS };
    const { events } = await measureStep(bench, system, step, bounds);
    windows.push({ title: step.title, fromMs, toMs: monotonicMs(), events });
  }
  // The profile is written at the end of the process.
  await system.pipeline.app(options.app).stop();
  const [name] = (await readdir(dir)).filter((file) => file.endsWith(".cpuprofile"));
  if (name === undefined) throw new Error(`${options.app} left no profile`);
  if (options.file !== undefined) await copyFile(join(dir, name), options.file);
  const profile = JSON.parse(await readFile(join(dir, name), "utf8")) as CpuProfile;
  return windows
    .map(
      (window) =>
        `${options.app}: ${window.title}\n${formatTimes(selfTimes(profile, window), window.events)}`,
    )
    .join("\n\n");
}

function formatTimes(times: readonly SelfTime[], events: number): string {
  const rowOf = ({ name, place, milliseconds, share }: SelfTime): string[] => [
    name,
    `${(share * 100).toFixed(1)} %`,
    formatNumber((milliseconds * 1000) / events),
    place,
  ];
  const columns = ["busy time", "µs/event"];
  return [
    formatTable(
      ["package", ...columns],
      byPackage(times)
        .slice(0, 12)
        .map((sum) => rowOf(sum).slice(0, 3)),
    ),
    formatTable(["function", ...columns, "place"], times.slice(0, TOP).map(rowOf)),
  ].join("\n\n");
}
