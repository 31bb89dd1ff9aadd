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
  for (const { name, logs } of processes.all()) {
    if (name !== app) continue;
    for (const line of logs().split("\n")) {
      if (!line.includes(message)) continue;
      const id = /"alert_id":"([^"]+)"/.exec(line)?.[1];
      const at = Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? "");
      if (id !== undefined) ids.set(id, Math.max(at, ids.get(id) ?? 0));
    }
  }
  return ids;
}
