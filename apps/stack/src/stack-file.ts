import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import type { Home } from "./home.ts";
import { holderOf } from "./lock.ts";
import { writePrivateFile } from "./private-file.ts";

const StackFile = z.object({
  /** The supervisor's process. */
  pid: z.number().int(),
  /** Base URL by service; the receiver only when the stack started one. */
  urls: z.record(z.string(), z.string()),
  ingest_key: z.string(),
  admin_key: z.string(),
  /** By app: the variables it needs to join this stack. */
  environment: z.record(z.string(), z.record(z.string(), z.string())),
});

/** What a running stack tells `npm run app` and `npm run demo` (`run/stack.json`, mode 0600). */
export type StackFile = z.infer<typeof StackFile>;

/** Writes the file until it is disposed of. */
export async function writeStackFile(home: Home, stack: StackFile): Promise<AsyncDisposable> {
  await writePrivateFile(home.stackFile, `${JSON.stringify(stack, undefined, 2)}\n`);
  return { [Symbol.asyncDispose]: () => rm(home.stackFile, { force: true }) };
}

/** The stack that runs in a home; undefined when none does. */
export async function readStackFile(home: Home): Promise<StackFile | undefined> {
  // The file of a supervisor that was killed tells of processes that may be gone.
  if ((await holderOf(home.lockFile)) === undefined) return undefined;
  const text = await readFile(home.stackFile, "utf8").catch(() => undefined);
  return text === undefined ? undefined : StackFile.parse(JSON.parse(text));
}
