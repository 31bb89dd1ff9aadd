// What a scrape shows while Redis is away or stands still: the values that were last known, in time for Prometheus.
import {
  type Pipeline,
  startPipeline,
  startTestRedis,
  type TestRedis,
  waitFor,
} from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { preload } from "./dead-letters.ts";

/** The default `scrape_timeout` of Prometheus; a scrape that takes longer has failed. */
const SCRAPE_MS = 10_000;

/** Gauges that are read from Redis. */
const GAUGES = {
  admin: ["mutt_queue_jobs", "mutt_redis_memory_ratio"],
  remediation: [
    "mutt_remediation_dlq_depth",
    "mutt_dlq_oldest_age_seconds",
    "mutt_dlq_expiring_jobs",
  ],
} as const;

let redis: TestRedis;
let pipeline: Pipeline;
beforeAll(async () => {
  redis = await startTestRedis({ appendfsync: "everysec", maxmemory: "1gb" });
  pipeline = await startPipeline({
    redis,
    testName: "gauges outage",
    apps: ["admin", "remediation"],
    env: { REMEDIATION_ENABLED: "false" },
  });
  await preload(pipeline, "dlq-forwarder", [{ id: "dead-1" }, { id: "dead-2" }]);
  await waitFor(
    async () => {
      const { admin, remediation } = await scrapeAll();
      return (
        admin.some(({ labels, value }) => labels.state === "failed" && value === 2) &&
        admin.some(({ name, value }) => name === "mutt_redis_memory_ratio" && value > 0) &&
        remediation.some(({ name, value }) => name === "mutt_remediation_dlq_depth" && value === 2)
      );
    },
    { what: "both apps show what there is", timeoutMs: 20_000 },
  );
});
afterAll(async () => {
  await pipeline?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

async function scrape(app: keyof typeof GAUGES) {
  const names: readonly string[] = GAUGES[app];
  const samples = await pipeline.app(app).metrics();
  return samples.filter(({ name }) => names.includes(name));
}

async function scrapeAll() {
  const [admin, remediation] = await Promise.all([scrape("admin"), scrape("remediation")]);
  return { admin, remediation };
}

/** An age goes on while Redis answers, and memory moves a little: what matters is that neither falls back. */
function rounded(samples: Awaited<ReturnType<typeof scrape>>) {
  return samples.map(({ name, labels, value }) => {
    const isCount = name === "mutt_queue_jobs" || name === "mutt_remediation_dlq_depth";
    return { name, labels, value: isCount ? value : value > 0 };
  });
}

async function expectLastValues(known: Awaited<ReturnType<typeof scrapeAll>>): Promise<void> {
  const started = performance.now();
  const now = await scrapeAll();
  expect(performance.now() - started).toBeLessThan(SCRAPE_MS);
  expect(rounded(now.admin)).toEqual(rounded(known.admin));
  expect(rounded(now.remediation)).toEqual(rounded(known.remediation));
}

test("gauges about queues keep their last value while Redis is away, and while it does not answer", async () => {
  const known = await scrapeAll();
  redis.freeze();
  try {
    await expectLastValues(known);
  } finally {
    redis.thaw();
  }
  await redis.kill9();
  await expectLastValues(known);
  await redis.start();
  await waitFor(async () => (await fetch(`${pipeline.app("remediation").url}/readyz`)).ok, {
    what: "remediation is ready again",
    timeoutMs: 30_000,
  });
  await expectLastValues(known);
});
