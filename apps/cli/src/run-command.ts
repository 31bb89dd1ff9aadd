import type { CommandLine } from "./command-line.ts";
import { type ConfigDeps, getOne, listAll, resetOne, setOne } from "./config-commands.ts";
import { listEntries, showEntry, showGroups } from "./dlq-read.ts";
import {
  type DlqChangeDeps,
  planOne,
  quarantineOne,
  redriveOne,
  releaseOne,
  showRedrives,
  steerCommand,
} from "./dlq-redrive.ts";
import { exportFile, importFile, type RulesDeps, testEvent } from "./rules-commands.ts";
import { UsageError } from "./usage.ts";

/** What all commands need together. */
export type CommandDeps = RulesDeps & ConfigDeps & DlqChangeDeps;

const COMMANDS: Record<string, (deps: CommandDeps, line: CommandLine) => Promise<void>> = {
  "rules import": importFile,
  "rules export": exportFile,
  "rules test": testEvent,
  "config list": listAll,
  "config get": getOne,
  "config set": setOne,
  "config reset": resetOne,
  "dlq ls": listEntries,
  "dlq show": showEntry,
  "dlq groups": showGroups,
  "dlq plan": planOne,
  "dlq redrive": redriveOne,
  "dlq redrives": showRedrives,
  "dlq pause": steerCommand("pause"),
  "dlq resume": steerCommand("resume"),
  "dlq cancel": steerCommand("cancel"),
  "dlq quarantine": quarantineOne,
  "dlq release": releaseOne,
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
