import { parseArgs } from "node:util";
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
}

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
      },
    });
    const [group = "", verb = "", ...operands] = positionals;
    return {
      command: `${group} ${verb}`.trim(),
      operands,
      replace: values.replace,
      json: values.json,
      ...(values.reason === undefined ? {} : { reason: values.reason }),
      ...(values.file === undefined ? {} : { file: values.file }),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The operand at a place; throws a `UsageError` that names it when it is missing. */
export function operand(line: CommandLine, index: number, name: string): string {
  const value = line.operands[index];
  if (value === undefined) throw new UsageError(`${line.command}: ${name} is missing`);
  return value;
}
