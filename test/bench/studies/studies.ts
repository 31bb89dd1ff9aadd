import type { Bench } from "../scenarios/measure-step.ts";
import { studyOverload } from "./overload.ts";
import { studyRedrive } from "./redrive.ts";

/** What a study gets. */
export interface StudyContext {
  bench: Bench;
  /** One short look instead of figures to be quoted. */
  isQuick: boolean;
  log(line: string): void;
  /** Keeps a file for people to look at; gives its path. */
  keep(name: string, content: string): Promise<string>;
}

/** A question about MUTT alone, without peers: its answer is a report. */
export type Study = (context: StudyContext) => Promise<string>;

/** Every study by the name under which the command line asks for it. */
export const STUDIES: Readonly<Record<string, Study>> = {
  overload: studyOverload,
  redrive: studyRedrive,
};
