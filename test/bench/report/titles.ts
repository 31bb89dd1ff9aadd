import type { SystemName } from "../systems/system.ts";

/** How the systems are called in the report, in its order. */
export const TITLES: Record<SystemName, string> = {
  mutt: "MUTT",
  "two-hop": "BullMQ, two hops",
  alertmanager: "Alertmanager",
  "mutt-ingestor": "MUTT's ingestor alone",
  "bare-server": "Express + queue.add",
};
