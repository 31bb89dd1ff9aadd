import { STEPS, type StepName } from "./steps.ts";

/** What the comparison consists of: its steps, and two measurements of MUTT alone. */
export type Part = StepName | "matching" | "memory";

/** All parts, in the order of the report. */
export const PARTS: readonly Part[] = [...STEPS.map(({ name }) => name), "memory", "matching"];

/** The scenarios that the comparison answers, and the parts of it that do. */
export const COMPARISONS: Readonly<
  Record<"ingest-single" | "ingest-batch" | "end-to-end", readonly Part[]>
> = {
  "ingest-single": ["singles-all"],
  "ingest-batch": ["lists-all"],
  "end-to-end": ["singles-all", "lists-all", "singles-1in20", "lists-1in20"],
};
