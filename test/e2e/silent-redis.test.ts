// Redis that accepts connections and says nothing, while the apps start: as behind a load balancer that has no server yet.
import { setTimeout as sleep } from "node:timers/promises";
import { APPS } from "@mutt/stack";
import { startPipeline } from "@mutt/testkit";
import { expect, test } from "vitest";
import { startTcpProxy } from "../chaos/faults/proxy.ts";
import { preload } from "./dead-letters.ts";
import { FORWARD_FAULTS, faults, jobsIn, putRules, sendAll, untilDelivered } from "./support.ts";

test("apps that start meanwhile work once it answers, without a restart: events are delivered, dead letters replayed", async () => {
  await using pipeline = await startPipeline({
    testName: "silent",
    apps: [],
    env: { REMEDIATION_INTERVAL: "1", MOOG_HEALTH_URL: "" },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  const url = new URL(pipeline.redis.url);
  await using proxy = await startTcpProxy(Number(url.port), () => 0);
  proxy.set({ kind: "black_hole" });
  url.port = String(proxy.port);
  const starts = APPS.map((name) => pipeline.spawn(name, { REDIS_URL: url.href }));
  // Each has opened its connections by then, and waits in the middle of the handshake.
  await Promise.race([sleep(6000), ...starts]);
  // What was opened meanwhile stays silent for good.
  proxy.set({ kind: "open" }, { resumes: false });
  await Promise.all(starts);

  await preload(pipeline, "dlq-alerter", [{ id: "dead" }]);
  const accepted = await sendAll(pipeline, [faults(20)]);
  await untilDelivered(pipeline.receiver, new Set([...accepted.ids, "dead"]), 30_000);
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(0);
});
