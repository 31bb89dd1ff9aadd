import type { Aim } from "../report/judge.ts";
import type { Bench } from "../scenarios/measure-step.ts";
import type { AlertmanagerProgram } from "../systems/alertmanager.ts";
import { studyBacklog } from "./backlog.ts";
import { studyLatency } from "./latency.ts";
import { studyOverload } from "./overload.ts";
import { studyRedrive } from "./redrive.ts";
import { studyRules } from "./rules.ts";
import { studyScaleOut } from "./scale-out.ts";
import { studySoak } from "./soak.ts";

/** What a study gets. */
export interface StudyContext {
  bench: Bench;
  /** Where it is installed. */
  alertmanager: AlertmanagerProgram | undefined;
  /** One short look instead of figures to be quoted. */
  isQuick: boolean;
  /** How often the same is measured; the study's own choice when left out. */
  rounds: number | undefined;
  /** How long the soak lasts; its own choice when left out. */
  minutes: number | undefined;
  log(line: string): void;
  /** Keeps a file for people to look at; gives its path. */
  keep(name: string, content: string): Promise<string>;
}

/** What a study found out. */
export interface StudyReport {
  text: string;
  aims: readonly Aim[];
}

/** One question that takes a run of its own: its answer is a report. */
export type Study = (context: StudyContext) => Promise<StudyReport>;

/** Every study by the name under which the command line asks for it. */
export const STUDIES = {
  latency: studyLatency,
  rules: studyRules,
  backlog: studyBacklog,
  overload: studyOverload,
  redrive: studyRedrive,
  "scale-out": studyScaleOut,
  soak: studySoak,
} as const satisfies Record<string, Study>;

/** The name of a study. */
export type StudyName = keyof typeof STUDIES;
