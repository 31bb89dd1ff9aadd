import { hostname } from "node:os";

/** Version of MUTT, as it stands in histories and answers. */
export const VERSION = "0.1.0";

/** Names this process among all replicas: host name and process id. */
export function processName(): string {
  return `${hostname()}/${process.pid}`;
}
