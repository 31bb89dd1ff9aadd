import type { CommandLine } from "./command-line.ts";
import { type ConfigDeps, getOne, listAll, resetOne, setOne } from "./config-commands.ts";
import { exportFile, importFile, type RulesDeps, testEvent } from "./rules-commands.ts";
import { UsageError } from "./usage.ts";

/** What all commands need together. */
export type CommandDeps = RulesDeps & ConfigDeps;

const COMMANDS: Record<string, (deps: CommandDeps, line: CommandLine) => Promise<void>> = {
  "rules import": importFile,
  "rules export": exportFile,
  "rules test": testEvent,
  "config list": listAll,
  "config get": getOne,
  "config set": setOne,
  "config reset": resetOne,
};

/** Runs one command; rejects with a `UsageError` when there is none of that name. */
export async function runCommand(line: CommandLine, deps: CommandDeps): Promise<void> {
  const command = COMMANDS[line.command];
  if (command === undefined) {
    throw new UsageError(
      line.command ? `there is no command "${line.command}"` : "no command given",
    );
  }
  await command(deps, line);
}
