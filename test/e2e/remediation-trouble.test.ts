// Replays when something of remediation's own goes wrong, and what an entry's history says after several hops.

import { startPipeline, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { preload } from "./dead-letters.ts";
import { deadLetters, FORWARD_FAULTS, putRules, untilDelivered } from "./support.ts";

const start = (testName: string, env: Record<string, string> = {}) =>
  startPipeline({
    testName,
    apps: ["alerter", "forwarder", "remediation"],
    env: {
      MOOG_RATE_LIMIT: "0",
      MOOG_HEALTH_URL: "",
      MOOG_MAX_RETRIES: "0",
      REMEDIATION_INTERVAL: "1",
      ...env,
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });

test("an entry that cannot be replayed keeps its real error, and goes when the trouble is over", async () => {
  await using pipeline = await start("replay-trouble");
  const budget = `${pipeline.prefix}:replay-budget`;
  await pipeline.redis.client().set(budget, "not a hash");
  await preload(pipeline, "dlq-alerter", [{ id: "held" }]);
  await waitFor(() => pipeline.app("remediation").logs().includes("could not be replayed"), {
    what: "the trouble is logged",
  });
  const shown = async () => (await deadLetters(pipeline, "dlq-alerter"))[0]?.failedReason;
  await waitFor(async () => (await shown()) === "HTTP 503", {
    what: "the entry is parked again, with its real error",
  });
  await pipeline.redis.client().del(budget);
  await untilDelivered(pipeline.receiver, new Set(["held"]));
});

test("the history of an event that was replayed names who asked, in the forwarder too", async () => {
  await using pipeline = await start("replay-actor", {
    MAX_POISON_RETRIES: "1",
    CIRCUIT_BREAKER_THRESHOLD: "1000",
  });
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  await preload(pipeline, "dlq-alerter", [{ id: "again" }]);
  await waitFor(async () => (await deadLetters(pipeline, "dlq-dead")).length === 1, {
    what: "the alert is terminal",
    timeoutMs: 20_000,
  });
  const [entry] = await deadLetters(pipeline, "dlq-dead");
  expect(entry?.data).toMatchObject({ origin_queue: "alert", replays: 1 });
  expect(entry?.data.history).toMatchObject([{ replay: 0 }, { replay: 1, actor: "auto" }]);
});
