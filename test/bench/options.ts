import { parseArgs } from "node:util";
import { APPS, type AppName } from "@mutt/stack";
import { type Extent, FULL, QUICK } from "./scenarios/plan.ts";
import { STEPS } from "./scenarios/steps.ts";
import { STUDIES, type Study } from "./studies/studies.ts";

/** What the bench is asked to do. */
export interface Options {
  extent: Extent;
  isQuick: boolean;
  /** Whether a step or scenario is to be measured. */
  isWanted(name: string): boolean;
  jsonFile: string | undefined;
  /** The app to profile instead of measuring. */
  profile: AppName | undefined;
  profileFile: string | undefined;
  /** The study to do instead of measuring. */
  study: Study | undefined;
}

/** Everything that `--only` may name. */
const NAMES: readonly string[] = [...STEPS.map(({ name }) => name), "memory", "rules"];

export const USAGE = `npm run bench -- [STUDY] [options]
  STUDY               no comparison, one question about MUTT alone: ${Object.keys(STUDIES).join(", ")}
  --quick             one short round: for a look, not for figures to be quoted
  --rounds=N          rounds of the comparison
  --only=NAME         only this; may be given several times: ${NAMES.join(", ")}
  --json=FILE         also writes all results as JSON
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
      only: { type: "string", multiple: true },
      json: { type: "string" },
      profile: { type: "string" },
      "profile-file": { type: "string" },
    },
  });
  if (values.help) return undefined;
  const isQuick = values.quick ?? false;
  const extent = isQuick ? QUICK : FULL;
  const only = values.only?.map((name) => oneOf("--only", NAMES, name));
  return {
    extent: values.rounds ? { ...extent, rounds: parseRounds(values.rounds) } : extent,
    isQuick,
    isWanted: (name) => only === undefined || only.includes(name),
    jsonFile: values.json,
    profile: values.profile ? oneOf("--profile", APPS, values.profile) : undefined,
    profileFile: values["profile-file"],
    study: parseStudy(positionals),
  };
}

function parseStudy([name, ...rest]: readonly string[]): Study | undefined {
  if (name === undefined) return undefined;
  if (rest.length > 0) throw new Error(`one study at a time; leave out ${rest.join(", ")}`);
  return STUDIES[oneOf("the study", Object.keys(STUDIES), name)];
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 20) return rounds;
  throw new Error(`--rounds is ${text}; give a whole number from 1 to 20`);
}

function oneOf<T extends string>(option: string, names: readonly T[], given: string): T {
  const found = names.find((name) => name === given);
  if (found === undefined)
    throw new Error(`${option} is ${given}; give one of ${names.join(", ")}`);
  return found;
}
