import { MINUTE_MS, startMinuteRecorder, writeSample } from "@mutt/minute-history";
import type { Pipeline } from "@mutt/testkit";

/** Writes some hours of a pipeline's past: calm at first, then a flood, the newest minute excluded. */
export async function seedHistory(
  { redis, prefix }: Pick<Pipeline, "redis" | "prefix">,
  hours: number,
): Promise<void> {
  const store = { redis: redis.client(), prefix };
  const minutes = hours * 60;
  const now = Date.now();
  for (let ago = minutes; ago > 0; ago--) {
    const at = now - ago * MINUTE_MS;
    const flood = Math.max(0, 90 - ago) * (1 + Math.sin(ago / 12) / 3);
    const usual = 60 + Math.round(20 * Math.sin(ago / 40));
    await writeSample(store, at, {
      ingest_depth: 4 + Math.round(flood / 3),
      alert_depth: 12 + Math.round(flood * 18),
      alert_oldest_age: 1 + flood / 2,
      dlq_alerter: Math.round(flood * 2),
      dlq_forwarder: 24,
      dlq_dead: 0,
    });
    await record("ingestor", at, (add) => add("ingest_good", usual));
    await record("forwarder", at, (add) => {
      add("forward_good", usual);
      if (ago % 7 === 0 && ago < 90) add("forward_bad", 3);
    });
  }

  async function record(
    app: "ingestor" | "forwarder",
    at: number,
    count: (add: ReturnType<typeof startMinuteRecorder>["add"]) => void,
  ): Promise<void> {
    await using recorder = startMinuteRecorder({ ...store, app, now: () => at });
    count((counter, n) => recorder.add(counter, n));
  }
}
