import type { PayloadShape } from "../load/payload.ts";
import type { Watched } from "../processes/usage.ts";

/** What is measured, by the name the report gives it. */
export type SystemName = "mutt" | "mutt-ingestor" | "bare-server" | "two-hop" | "alertmanager";

/** A running system under load. */
export interface System extends AsyncDisposable {
  name: SystemName;
  /** Where events are posted, to each its share, and with what headers. */
  urls: readonly string[];
  headers: Record<string, string>;
  shape: PayloadShape;
  processes: Watched[];
  /** Whether events come out at the sink; an ingest server alone delivers nothing. */
  delivers: boolean;
  /** Events posted to it before anything is measured. */
  warmUpEvents: number;
}

/** Where a system delivers to. */
export interface Destination {
  webhookUrl: string;
  healthUrl: string;
}
