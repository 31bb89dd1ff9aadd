import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";

/** A write that Redis did. */
export interface Command {
  /** Epoch milliseconds, to the second. */
  at: number;
  args: string[];
}

/** Reads every write of this Redis from its append-only files, oldest first. */
export async function readAppendOnlyFiles(client: Redis): Promise<Command[]> {
  const [, directory = ""] = (await client.config("GET", "dir")) as string[];
  const files = await readdir(join(directory, "appendonlydir")).catch(() => []);
  const commands: Command[] = [];
  for (const file of files.filter((name) => name.endsWith(".incr.aof")).sort()) {
    const bytes = await readFile(join(directory, "appendonlydir", file));
    for (const command of parseCommands(bytes)) commands.push(command);
  }
  return commands;
}

/** Reads commands in the form of the wire, and the time stamps between them; stops at what is neither. */
export function parseCommands(bytes: Buffer): Command[] {
  const commands: Command[] = [];
  let position = 0;
  let at = 0;
  const line = (): string => {
    const end = bytes.indexOf("\r\n", position);
    const text = bytes.toString("utf8", position, end === -1 ? bytes.length : end);
    position = end === -1 ? bytes.length : end + 2;
    return text;
  };
  while (position < bytes.length) {
    const head = line();
    if (head.startsWith("#TS:")) at = Number(head.slice(4)) * 1000;
    if (!head.startsWith("*")) continue;
    const args: string[] = [];
    for (let left = Number(head.slice(1)); left > 0; left--) {
      const length = Number(line().slice(1));
      args.push(bytes.toString("utf8", position, position + length));
      position += length + 2;
    }
    commands.push({ at, args });
  }
  return commands;
}

/** The commands that concern an event: those that name it, and those that name a job that held it. */
export function commandsAbout(id: string, commands: readonly Command[]): Command[] {
  const jobs = new Set<string>();
  for (const { args } of commands) {
    const [name = "", key = ""] = args;
    const isJob = /^hm?set$/i.test(name) && args.some((arg) => arg.includes(id));
    const jobId = key.split(":").at(-1);
    if (isJob && jobId) jobs.add(jobId);
  }
  return commands.filter(({ args }) =>
    args.some((arg) => arg.includes(id) || jobs.has(arg) || jobs.has(arg.split(":").at(-1) ?? "")),
  );
}
