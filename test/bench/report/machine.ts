import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { promisify } from "node:util";
import { findRedisServer } from "@mutt/private-redis";
import type { AlertmanagerProgram } from "../systems/alertmanager.ts";
import { APPENDFSYNC } from "../systems/redis.ts";

/** Where and on what the figures were measured. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Load average of the last minute before the start: on an idle machine near 0. */
  loadBefore: number;
  versions: Record<string, string>;
  redis: string;
}

const GIB = 1024 ** 3;

/** Describes the machine and the versions that are compared. */
export async function describeMachine(
  alertmanager: AlertmanagerProgram | undefined,
): Promise<Machine> {
  const redis = await findRedisServer();
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / GIB),
    system: `${platform()} ${release()}`,
    loadBefore: loadavg()[0] ?? 0,
    versions: {
      mutt: await gitRevision(),
      node: process.versions.node,
      redis: redis?.version ?? "unknown",
      bullmq: versionOf("bullmq"),
      ioredis: versionOf("ioredis"),
      express: versionOf("express"),
      ...(alertmanager && { alertmanager: alertmanager.version }),
    },
    redis: `append-only file on, appendfsync ${APPENDFSYNC}, no snapshots; a server of its own for each system`,
  };
}

/** Writes it as the first lines of a report. */
export function formatMachine({ cpu, cores, memoryGiB, ...machine }: Machine): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Machine     ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${machine.system}; load average before the start ${machine.loadBefore.toFixed(1)}`,
    `Versions    ${versions.join(", ")}`,
    `Redis       ${machine.redis}`,
  ].join("\n");
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const manifest = require(`${name}/package.json`) as { version: string };
  return manifest.version;
}

async function gitRevision(): Promise<string> {
  try {
    const cwd = import.meta.dirname;
    const { stdout } = await promisify(execFile)("git", ["describe", "--always", "--dirty"], {
      cwd,
    });
    return stdout.trim();
  } catch {
    // Not a checkout.
    return "unknown";
  }
}
