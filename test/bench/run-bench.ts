import type { AppName } from "@mutt/stack";
import { startLoad } from "./load/load.ts";
import type { Options } from "./options.ts";
import { profileApp } from "./profile/profile-app.ts";
import { describeMachine } from "./report/machine.ts";
import { startProgress } from "./report/progress.ts";
import type { Results } from "./report/results.ts";
import { measureRuleMatching } from "./rules-match.ts";
import { measureCeiling } from "./scenarios/ceiling.ts";
import { compare } from "./scenarios/compare.ts";
import type { StepResult } from "./scenarios/measure-step.ts";
import { measureMemory } from "./scenarios/memory.ts";
import { contenders } from "./scenarios/plan.ts";
import { startSink } from "./sink/sink.ts";
import { findAlertmanager, HOW_TO_INSTALL } from "./systems/alertmanager.ts";

/** Measures everything that is asked for; progress goes to standard error. */
export async function runBench({ extent, isQuick, isWanted }: Options): Promise<Results> {
  const startedAt = new Date();
  using progress = startProgress();
  const { log, elapsedMs } = progress;
  const alertmanager = await findAlertmanager();
  const machine = await describeMachine(alertmanager);
  await using load = await startLoad();
  await using sink = await startSink();
  const bench = { load, sink };
  const notes: string[] = [];
  const note = (line: string): void => {
    log(line);
    notes.push(line);
  };
  if (!alertmanager) note(HOW_TO_INSTALL);

  log("what the load generator itself can do");
  const ceiling = await measureCeiling(load);
  const steps = await compare({
    bench,
    contenders: contenders(alertmanager),
    extent,
    isWanted,
    hasTime: () => elapsedMs() < extent.budgetMs,
    onResult: (result) => log(describeResult(result)),
    onLeftOut: (what) => note(`left out because time was up: ${what}`),
  });
  const results: Results = {
    startedAt: startedAt.toISOString(),
    seconds: 0,
    machine,
    rounds: extent.rounds,
    isQuick,
    ceiling,
    steps,
    notes,
  };
  if (isWanted("matching")) {
    log("what matching costs");
    results.rules = measureRuleMatching();
  }
  if (isWanted("memory")) {
    log("memory over repeated bursts");
    results.memory = await measureMemory(bench, extent.memory);
  }
  results.seconds = elapsedMs() / 1000;
  return results;
}

/** Profiles one app instead, in every step or those that `--only` names. */
export async function runProfile(options: Options, app: AppName): Promise<string> {
  await using load = await startLoad();
  await using sink = await startSink();
  return await profileApp(
    { load, sink },
    {
      app,
      isWanted: options.isWanted,
      file: options.profileFile,
    },
  );
}

function describeResult(result: StepResult): string {
  const { round, system, step, events, acceptedPerSecond, delivery } = result;
  const out = delivery ? `, ${Math.round(delivery.eventsPerSecond)}/s end to end` : "";
  return `round ${round}: ${system}, ${step}: ${events} events, ${Math.round(acceptedPerSecond)}/s accepted${out}`;
}
