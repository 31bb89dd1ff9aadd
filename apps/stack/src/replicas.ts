import { rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Home } from "./home.ts";
import type { AppName } from "./services.ts";

const Replica = z.object({ name: z.string(), url: z.string() });

/** A further process of an app that has joined the stack of a home. */
export type Replica = z.infer<typeof Replica>;

const PREFIX = "replica-";

/** Makes a further process of an app known in its home for as long as this process lives. */
export function registerReplica(home: Home, replica: Replica): void {
  const file = home.pidFile(`${PREFIX}${process.pid}`);
  writeFileSync(file, JSON.stringify(replica));
  process.once("exit", () => rmSync(file, { force: true }));
}

/** The base URLs of the further processes of an app that answer at this moment. */
export async function findReplicas(home: Home, name: AppName): Promise<string[]> {
  const dir = dirname(home.pidFile(PREFIX));
  const files = (await readdir(dir)).filter((file) => file.startsWith(PREFIX));
  const urls: string[] = [];
  for (const file of files) {
    const replica = await readReplica(join(dir, file));
    if (replica?.name === name && (await isAlive(replica.url))) urls.push(replica.url);
  }
  return urls;
}

async function readReplica(file: string): Promise<Replica | undefined> {
  try {
    return Replica.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    // It ended just now, or is being written.
    return undefined;
  }
}

function isAlive(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
