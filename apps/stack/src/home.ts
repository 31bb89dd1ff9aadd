import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { REPOSITORY } from "./services.ts";

/** Where a stack keeps its local state; every path is absolute. */
export type Home = {
  dir: string;
  redisDir: string;
  credentialsFile: string;
  /** Where Node keeps compiled code, so that an app that died is back sooner. */
  cacheDir: string;
  /** Held by the one supervisor of this home. */
  lockFile: string;
  /** What a running stack tells `npm run app` and `npm run demo`. */
  stackFile: string;
  logFile(name: string): string;
  /** The pid of the service's own process. */
  pidFile(name: string): string;
};

/** The paths of a home; `.mutt` in the checkout when no `MUTT_HOME` is given. */
export function homeAt(muttHome: string | undefined): Home {
  const dir = muttHome ? resolve(muttHome) : join(REPOSITORY, ".mutt");
  return {
    dir,
    redisDir: join(dir, "redis"),
    credentialsFile: join(dir, "credentials.json"),
    cacheDir: join(dir, "cache"),
    lockFile: join(dir, "run", "supervisor.pid"),
    stackFile: join(dir, "run", "stack.json"),
    logFile: (name) => join(dir, "logs", `${name}.log`),
    pidFile: (name) => join(dir, "run", `${name}.pid`),
  };
}

/** Makes the directories of a home; logs and state are for the owner alone. */
export async function makeHome(home: Home): Promise<void> {
  for (const dir of [home.dir, home.redisDir, join(home.dir, "logs"), join(home.dir, "run")]) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  }
}
