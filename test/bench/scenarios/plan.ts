import type { AlertmanagerProgram } from "../systems/alertmanager.ts";
import { startAlertmanager } from "../systems/alertmanager.ts";
import { startBareServer, startTwoHop } from "../systems/bull.ts";
import { startMutt } from "../systems/mutt.ts";
import type { Destination, System, SystemName } from "../systems/system.ts";
import type { Bounds } from "./measure-step.ts";
import { STEPS, type Step, type StepName } from "./steps.ts";

/** How much is measured. */
export interface Extent {
  rounds: number;
  /** How long the load of a step lasts at most. */
  saturationMs: number;
  steadyMs: number;
  /** The memory scenario ends with whichever comes first. */
  memory: { bursts: number; maxMs: number };
  /** After this time no further system is started. */
  budgetMs: number;
}

/** The whole bench, and a quick look. */
export const FULL: Extent = {
  rounds: 3,
  saturationMs: 2500,
  steadyMs: 5000,
  memory: { bursts: 10, maxMs: 40_000 },
  budgetMs: 280_000,
};
export const QUICK: Extent = {
  rounds: 1,
  saturationMs: 1200,
  steadyMs: 2500,
  memory: { bursts: 4, maxMs: 15_000 },
  budgetMs: 70_000,
};

/** One system of the comparison. */
export interface Contender {
  name: SystemName;
  start(destination: Destination): Promise<System>;
  steps: readonly StepName[];
  /** Events of one step at most; a bound on memory and time, reached by the fastest loads only. */
  maxEvents: number;
  /** A process for every step, for a system whose memory of one would slow down the next. */
  isFreshForEachStep?: true;
}

const ALL_STEPS = STEPS.map(({ name }) => name);

/** The systems in the order of the first round; Alertmanager when it is installed. */
export function contenders(alertmanager: AlertmanagerProgram | undefined): Contender[] {
  const list: Contender[] = [
    { name: "mutt", start: (to) => startMutt(to), steps: ALL_STEPS, maxEvents: 60_000 },
    { name: "two-hop", start: startTwoHop, steps: ALL_STEPS, maxEvents: 8000 },
    {
      name: "mutt-ingestor",
      start: (to) => startMutt(to, { apps: ["ingestor"] }),
      steps: ["singles-all"],
      maxEvents: 60_000,
    },
    {
      name: "bare-server",
      start: startBareServer,
      steps: ["singles-all"],
      maxEvents: 60_000,
    },
  ];
  if (alertmanager) {
    list.push({
      name: "alertmanager",
      start: (to) => startAlertmanager(alertmanager, to),
      steps: ALL_STEPS,
      maxEvents: 20_000,
      isFreshForEachStep: true,
    });
  }
  return list;
}

/** The bounds of a step. */
export function boundsOf(step: Step, contender: Contender, extent: Extent): Bounds {
  const maxMs = step.postsPerSecond === undefined ? extent.saturationMs : extent.steadyMs;
  return { maxEvents: contender.maxEvents, maxMs };
}
