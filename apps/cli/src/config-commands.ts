import {
  listSettings,
  resetSetting,
  type SettingChange,
  type SettingRow,
  type SettingsDeps,
  setSetting,
} from "@mutt/dynamic-config";
import { type CommandLine, operand } from "./command-line.ts";

/** Where the settings are and who asks. */
export interface ConfigDeps extends SettingsDeps {
  actor: string;
  print(text: string): void;
}

/** Shows every setting. */
export async function listAll(deps: ConfigDeps, line: CommandLine): Promise<void> {
  const rows = await listSettings(deps);
  if (line.json) deps.print(JSON.stringify(rows, undefined, 2));
  else for (const row of rows) deps.print(describe(row));
}

/** Shows one setting. */
export async function getOne(deps: ConfigDeps, line: CommandLine): Promise<void> {
  const key = operand(line, 0, "KEY");
  const row = (await listSettings(deps)).find((candidate) => candidate.key === key);
  // Resetting a key that does not exist is refused with a suggestion: the same words serve here.
  if (row === undefined) throw await unknownKey(deps, key);
  deps.print(line.json ? JSON.stringify(row, undefined, 2) : describe(row));
}

/** Puts a value in force. */
export async function setOne(deps: ConfigDeps, line: CommandLine): Promise<void> {
  const change = await setSetting(deps, {
    key: operand(line, 0, "KEY"),
    value: operand(line, 1, "VALUE"),
    ...whoAndWhy(deps, line),
  });
  deps.print(changed(change));
}

/** Takes a value back. */
export async function resetOne(deps: ConfigDeps, line: CommandLine): Promise<void> {
  const key = operand(line, 0, "KEY");
  deps.print(changed(await resetSetting(deps, { key, ...whoAndWhy(deps, line) })));
}

function whoAndWhy(deps: ConfigDeps, line: CommandLine): { actor: string; reason?: string } {
  return { actor: deps.actor, ...(line.reason === undefined ? {} : { reason: line.reason }) };
}

async function unknownKey(deps: ConfigDeps, key: string): Promise<unknown> {
  return await resetSetting(deps, { key, actor: deps.actor }).catch((error: unknown) => error);
}

function changed({ key, old, new: value }: SettingChange): string {
  return old === value ? `${key} stays ${value}` : `${key}: ${old} -> ${value}`;
}

function describe(row: SettingRow): string {
  const unit = row.unit ? ` ${row.unit}` : "";
  const problem = row.problem === undefined ? "" : `  [not in force: ${row.problem}]`;
  return `${row.key} = ${row.value}${unit}  (${row.source}, default ${row.default})${problem}`;
}
