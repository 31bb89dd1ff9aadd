import type { AppName } from "@mutt/stack";
import type { Processes } from "../stack/processes.ts";

/**
 * Ids of the alerts about which some process of an app has logged a message, killed processes included, each with the time
 * of its last such line: epoch milliseconds.
 */
export function readLogs(
  processes: Pick<Processes, "all">,
  app: AppName,
  message: string,
): Map<string, number> {
  const ids = new Map<string, number>();
  for (const line of linesWith(processes, app, message)) {
    const id = /"alert_id":"([^"]+)"/.exec(line)?.[1];
    if (id !== undefined) ids.set(id, Math.max(timeOf(line), ids.get(id) ?? 0));
  }
  return ids;
}

/** When some process of an app has logged a message, killed processes included: epoch milliseconds. */
export function logTimes(
  processes: Pick<Processes, "all">,
  app: AppName,
  message: string,
): number[] {
  return linesWith(processes, app, message).map(timeOf);
}

function linesWith(processes: Pick<Processes, "all">, app: AppName, message: string): string[] {
  return processes
    .all()
    .filter(({ name }) => name === app)
    .flatMap(({ logs }) => logs().split("\n"))
    .filter((line) => line.includes(message));
}

function timeOf(line: string): number {
  return Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? "");
}
