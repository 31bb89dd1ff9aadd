import { parseFilter, RedriveError } from "@mutt/redrive";
import type { DeadLetterFilter } from "@mutt/replay";
import type { CommandLine } from "./command-line.ts";
import { UsageError } from "./usage.ts";

/** Options that say which dead letters are meant, with the field of the filter that each fills. */
export const FILTER_OPTIONS = {
  queue: "queue",
  class: "class",
  failure: "reason",
  fingerprint: "fingerprint",
  severity: "severity",
  host: "host",
  "min-age": "min_age_seconds",
  "max-age": "max_age_seconds",
  "replays-min": "replays_min",
  "replays-max": "replays_max",
} as const;

/** The name of such an option. */
export type FilterOption = keyof typeof FILTER_OPTIONS;

/** Reads the filter of a command line; throws a `UsageError` that names the option. */
export function readFilter({ filter }: CommandLine): DeadLetterFilter {
  const fields = Object.entries(filter).map(([option, text]) => [
    FILTER_OPTIONS[option as FilterOption],
    option.endsWith("-age") ? readSeconds(option, text) : text,
  ]);
  try {
    return parseFilter(Object.fromEntries(fields));
  } catch (error) {
    if (!(error instanceof RedriveError)) throw error;
    const option = Object.entries(FILTER_OPTIONS).find(([, field]) => field === error.field)?.[0];
    const detail = error.message.slice(`${error.field}: `.length);
    throw new UsageError(`--${option ?? error.field}: ${detail}`);
  }
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

function readSeconds(option: string, text: string): number {
  const [, number, unit = "s"] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  if (number === undefined) {
    throw new UsageError(`--${option} is ${text}: give seconds, or 15m, 2h, 1d`);
  }
  return Number(number) * SECONDS[unit as keyof typeof SECONDS];
}
