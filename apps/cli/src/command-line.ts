import { parseArgs } from "node:util";
import { FILTER_OPTIONS, type FilterOption } from "./dlq-filter.ts";
import { UsageError } from "./usage.ts";

/** A command line, taken apart. */
export interface CommandLine {
  /** Such as `rules import`. */
  command: string;
  operands: string[];
  replace: boolean;
  json: boolean;
  reason?: string;
  file?: string;
  all: boolean;
  /** Replays a second. */
  rate?: number;
  /** Rows at most. */
  limit?: number;
  /** Do not wait for the end. */
  detach: boolean;
  /** Which dead letters are meant: options as given. */
  filter: Partial<Record<FilterOption, string>>;
}

const OPTION_NAMES = Object.keys(FILTER_OPTIONS) as FilterOption[];

/** Takes a command line apart; throws a `UsageError` for an option that does not exist. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        replace: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        reason: { type: "string" },
        file: { type: "string" },
        all: { type: "boolean", default: false },
        rate: { type: "string" },
        limit: { type: "string" },
        detach: { type: "boolean", default: false },
        ...Object.fromEntries(OPTION_NAMES.map((name) => [name, { type: "string" as const }])),
      },
    });
    const [group = "", verb = "", ...operands] = positionals;
    return {
      command: `${group} ${verb}`.trim(),
      operands,
      replace: values.replace,
      json: values.json,
      all: values.all,
      detach: values.detach,
      ...numberOf("rate", values.rate),
      ...numberOf("limit", values.limit),
      filter: filterOf(values),
      ...(values.reason === undefined ? {} : { reason: values.reason }),
      ...(values.file === undefined ? {} : { file: values.file }),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function filterOf(values: Record<string, unknown>): CommandLine["filter"] {
  const given = OPTION_NAMES.filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, String(values[name])]));
}

function numberOf<Name extends string>(
  name: Name,
  text: string | undefined,
): { [key in Name]?: number } {
  if (text === undefined) return {};
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} is ${text}; give a number above 0`);
  return { [name]: value } as { [key in Name]?: number };
}

/** The operand at a place; throws a `UsageError` that names it when it is missing. */
export function operand(line: CommandLine, index: number, name: string): string {
  const value = line.operands[index];
  if (value === undefined) throw new UsageError(`${line.command}: ${name} is missing`);
  return value;
}
