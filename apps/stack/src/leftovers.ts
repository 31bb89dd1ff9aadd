import { rm } from "node:fs/promises";
import type { Home } from "./home.ts";
import { endProcesses, type ForeignProcess, isProcess, readPidFile } from "./processes.ts";
import { APPS, mainFileOf, type ServiceName } from "./services.ts";

const SERVICES: readonly ServiceName[] = [...APPS, "receiver"];

/** The argument by which a service's process is known to belong to a home; apps ignore it. */
export function homeMark(home: Home): string {
  return `--mutt-home=${home.dir}`;
}

/**
 * Stops what a supervisor that was itself killed has left running: its services, then its Redis, each
 * known by its pid file and, since pids are used again, by its command line. Returns their names.
 */
export async function stopLeftovers(
  home: Home,
  options: { graceMs: number; redisPort: number | undefined },
): Promise<string[]> {
  const names: string[] = [];
  const services: ForeignProcess[] = [];
  for (const name of SERVICES) {
    const found = await findByPidFile(home, name, [mainFileOf(name), homeMark(home)]);
    if (!found) continue;
    names.push(name);
    services.push(found);
  }
  await endProcesses(services, { graceMs: options.graceMs });

  // Redis last: the services still give back what they hold.
  const redisMarks = ["-server ", `127.0.0.1:${options.redisPort}`];
  const redis = await findByPidFile(home, "redis", redisMarks);
  if (redis) {
    names.push("redis");
    await endProcesses([redis], { graceMs: 30_000 });
  }
  for (const name of [...SERVICES, "redis"]) await rm(home.pidFile(name), { force: true });
  return names;
}

async function findByPidFile(
  home: Home,
  name: string,
  marks: readonly string[],
): Promise<ForeignProcess | undefined> {
  const pid = await readPidFile(home.pidFile(name));
  if (pid === undefined || !(await isProcess(pid, marks))) return undefined;
  return { pid, marks };
}
