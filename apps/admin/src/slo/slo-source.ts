import type { SloReadings } from "@mutt/prometheus";
import type { SloSettings } from "@mutt/slo";

/** Where the numbers come from. */
export interface SloSource extends AsyncDisposable {
  name: "prometheus" | "redis";
  /** Reads all numbers as of `now`; never rejects, and ends within about 5 s. */
  read(settings: SloSettings, now: Date): Promise<SloReadings>;
}
