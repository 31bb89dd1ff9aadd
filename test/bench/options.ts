import { parseArgs } from "node:util";
import { APPS, type AppName } from "@mutt/stack";
import { COMPARISONS, PARTS, type Part } from "./scenarios/comparisons.ts";
import { type Extent, FULL, QUICK } from "./scenarios/plan.ts";
import { STUDIES, type StudyName } from "./studies/studies.ts";

/** What the bench is asked to do. */
export interface Options {
  extent: Extent;
  isQuick: boolean;
  /** Rounds that were asked for. */
  rounds: number | undefined;
  minutes: number | undefined;
  /** Whether a part of the comparison is to be measured. */
  isWanted(part: Part): boolean;
  /** Whether there is anything to compare. */
  hasComparison: boolean;
  /** The studies to be done after it, in turn. */
  studies: readonly StudyName[];
  jsonFile: string | undefined;
  /** The app to profile instead of measuring. */
  profile: AppName | undefined;
  profileFile: string | undefined;
}

const STUDY_NAMES = Object.keys(STUDIES) as StudyName[];
const COMPARISON_NAMES = Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[];
const NAMES = [...new Set([...COMPARISON_NAMES, ...STUDY_NAMES, ...PARTS])];

export const USAGE = `npm run bench -- [SCENARIO…] [options]
  no SCENARIO         the comparison: MUTT beside its peers, its memory, and what matching costs
  SCENARIO            only this; several may be named. Of the comparison: ${COMPARISON_NAMES.join(", ")};
                      with a run of their own: ${STUDY_NAMES.join(", ")};
                      single parts of the comparison: ${PARTS.join(", ")}
  --only=SCENARIO     the same as naming it
  --quick             one short round: for a look, not for figures to be quoted
  --rounds=N          how often the same is measured
  --minutes=N         how long the soak lasts (30)
  --json=FILE         also writes all results of the comparison as JSON
  --profile=APP       no comparison: profiles one app of MUTT under load and lists its hottest functions
  --profile-file=FILE keeps the profile, for a browser's developer tools`;

/** Reads the command line; `undefined` when only the usage is asked for. Throws on what it does not know. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      quick: { type: "boolean" },
      rounds: { type: "string" },
      minutes: { type: "string" },
      only: { type: "string", multiple: true },
      json: { type: "string" },
      profile: { type: "string" },
      "profile-file": { type: "string" },
    },
  });
  if (values.help) return undefined;
  const isQuick = values.quick ?? false;
  const extent = isQuick ? QUICK : FULL;
  const names = [...positionals, ...(values.only ?? [])].map((name) =>
    oneOf("the scenario", NAMES, name),
  );
  const studies = STUDY_NAMES.filter((name) => names.includes(name));
  const parts = names.length === 0 ? PARTS : partsOf(names);
  const rounds = values.rounds ? parseCount("--rounds", values.rounds, 20) : undefined;
  return {
    extent: rounds === undefined ? extent : { ...extent, rounds },
    isQuick,
    rounds,
    minutes: values.minutes ? parseCount("--minutes", values.minutes, 24 * 60) : undefined,
    isWanted: (part) => parts.includes(part),
    hasComparison: parts.length > 0,
    studies,
    jsonFile: values.json,
    profile: values.profile ? oneOf("--profile", APPS, values.profile) : undefined,
    profileFile: values["profile-file"],
  };
}

/** The parts of the comparison among the names, which may also be those of studies. */
function partsOf(names: readonly string[]): readonly Part[] {
  const named = COMPARISON_NAMES.filter((name) => names.includes(name)).flatMap(
    (name) => COMPARISONS[name],
  );
  return PARTS.filter((part) => names.includes(part) || named.includes(part));
}

function parseCount(option: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new Error(`${option} is ${text}; give a whole number from 1 to ${most}`);
}

function oneOf<T extends string>(option: string, names: readonly T[], given: string): T {
  const found = names.find((name) => name === given);
  if (found === undefined)
    throw new Error(`${option} is ${given}; give one of ${names.join(", ")}`);
  return found;
}
