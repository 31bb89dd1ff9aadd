import { execFile, spawn } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, waitFor } from "@mutt/testkit";
import { end } from "../processes/child.ts";
import { endWithBench } from "../processes/end-with-bench.ts";
import type { Destination, System } from "./system.ts";

/** Debian's name for the program, and upstream's. */
const COMMANDS = ["prometheus-alertmanager", "alertmanager"];

/** What to say where there is none. */
export const HOW_TO_INSTALL =
  "Alertmanager is not installed and left out; on Debian or Ubuntu: apt-get install prometheus-alertmanager";

/** Go needs no warming up beyond its connections, and every alert stays in its memory. */
const WARM_UP_EVENTS = 500;

/** The program as found on the PATH. */
export interface AlertmanagerProgram {
  command: string;
  version: string;
}

/** Looks for Alertmanager; `undefined` when there is none. */
export async function findAlertmanager(): Promise<AlertmanagerProgram | undefined> {
  for (const command of COMMANDS) {
    try {
      const { stdout, stderr } = await promisify(execFile)(command, ["--version"]);
      const version = /version ([\d.]+)/.exec(stdout + stderr)?.[1] ?? "of unknown version";
      return { command, version };
    } catch {
      // Not this name; try the next.
    }
  }
  return undefined;
}

/**
 * Starts Alertmanager as one node that notifies of every alert at once and on its own, which is what MUTT does:
 * alerts grouped by all their labels, no wait, no repetition within the run. Alerts that are only to be
 * logged go to a receiver that does nothing.
 */
export async function startAlertmanager(
  program: AlertmanagerProgram,
  { webhookUrl }: Destination,
): Promise<System> {
  const dir = await mkdtemp(join(tmpdir(), "alertmanager-"));
  const configFile = join(dir, "alertmanager.yml");
  await writeFile(configFile, configText(webhookUrl));
  const url = `http://127.0.0.1:${await freePort()}`;
  const log = await open(join(dir, "alertmanager.log"), "a");
  const child = spawn(
    program.command,
    [
      `--config.file=${configFile}`,
      `--storage.path=${join(dir, "data")}`,
      `--web.listen-address=${new URL(url).host}`,
      "--cluster.listen-address=",
      "--log.level=warn",
    ],
    { stdio: ["ignore", log.fd, log.fd] },
  );
  const callOff = endWithBench(child.pid);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void exited.then(callOff);
  const stop = async (): Promise<void> => {
    await end(child, exited);
    await log.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitFor(
      async () => (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2000) })).ok,
      {
        what: "Alertmanager is ready",
      },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: "alertmanager",
    urls: [`${url}/api/v2/alerts`],
    headers: {},
    shape: "alertmanager",
    processes: [{ name: "alertmanager", pid: child.pid ?? 0 }],
    delivers: true,
    warmUpEvents: WARM_UP_EVENTS,
    [Symbol.asyncDispose]: stop,
  };
}

function configText(webhookUrl: string): string {
  return `
route:
  receiver: sink
  group_by: ['...']
  group_wait: 0s
  group_interval: 1h
  repeat_interval: 24h
  routes:
    - receiver: log
      matchers: ['forward="no"']
receivers:
  - name: sink
    webhook_configs:
      - url: ${webhookUrl}
        send_resolved: false
  - name: log
`;
}
