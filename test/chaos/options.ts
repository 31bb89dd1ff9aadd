import { parseArgs } from "node:util";

/** What the suite is asked to do. */
export interface Options {
  seeds: readonly number[];
  /** Length of each fault phase. */
  seconds: number;
  /** Whether traces are kept of seeds that failed nothing. */
  isKept: boolean;
}

export const USAGE = `npm run chaos -- [options]
  --seed=N     the first seed; without it, one from the clock
  --seeds=K    how many seeds, one after the other (6)
  --seconds=N  length of the fault phase of each (60)
  --quick      one seed with a short fault phase (20 s): about a minute in all
  --keep       keeps the traces of seeds that went well, too`;

/** Length of a short fault phase. */
export const QUICK_SECONDS = 20;

const FULL = { seeds: 6, seconds: 60 };
const QUICK = { seeds: 1, seconds: QUICK_SECONDS };

/** Reads the command line; `undefined` when only the usage is asked for. Throws on what it does not know. */
export function parseOptions(args: readonly string[], now: number): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h" },
      seed: { type: "string" },
      seeds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean" },
      keep: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const extent = values.quick ? QUICK : FULL;
  const first =
    numberOf("--seed", values.seed, { min: 0, max: 1e9 }) ?? Math.floor(now / 1000) % 1e6;
  const count =
    numberOf("--seeds", values.seeds, { min: 1, max: 1000 }) ??
    (values.seed === undefined || values.seeds !== undefined ? extent.seeds : 1);
  return {
    seeds: Array.from({ length: count }, (_, index) => first + index),
    seconds: numberOf("--seconds", values.seconds, { min: 5, max: 3600 }) ?? extent.seconds,
    isKept: values.keep ?? false,
  };
}

function numberOf(
  option: string,
  text: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new Error(`${option} is ${text}; give a whole number from ${min} to ${max}`);
}
