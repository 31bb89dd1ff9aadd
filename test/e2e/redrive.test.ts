// What an operator plans is replayed: at the pace that was asked for, through gates and crashes, until it is done or called off.

import { setTimeout as sleep } from "node:timers/promises";
import { createDeadLetterReader } from "@mutt/queues";
import {
  planRedrive,
  quarantineGroup,
  type Redrive,
  readRedrive,
  releaseGroup,
  startRedrive,
  steerRedrive,
} from "@mutt/redrive";
import type { DeadLetterFilter } from "@mutt/replay";
import { readAudit, storeKeys } from "@mutt/store";
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { type DeadLetterDraft, deadLetterOf, preload } from "./dead-letters.ts";
import {
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  sendAll,
  setSettings,
  untilDelivered,
} from "./support.ts";

const BY = { actor: "ann", role: "operator", reason: "the platform is back" };

async function start(testName: string, env: Record<string, string> = {}): Promise<Pipeline> {
  return await startPipeline({
    testName,
    apps: ["ingestor", "alerter", "forwarder", "remediation"],
    env: {
      MOOG_RATE_LIMIT: "0",
      MOOG_HEALTH_URL: "",
      REMEDIATION_ENABLED: "false",
      REMEDIATION_INTERVAL: "1",
      ...env,
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
}

const drafts = (count: number, fields: Partial<DeadLetterDraft> = {}): DeadLetterDraft[] =>
  Array.from({ length: count }, (_, index) => ({ ...fields, id: `${fields.id ?? "d"}-${index}` }));

/** Puts entries in and waits until they are parked. */
async function park(pipeline: Pipeline, entries: readonly DeadLetterDraft[]): Promise<void> {
  await preload(pipeline, "dlq-alerter", entries);
  await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) >= entries.length, {
    what: "all are parked",
    timeoutMs: 30_000,
  });
}

/** What an operator does with the redrives of a pipeline. */
function operator(pipeline: Pipeline) {
  const redis = pipeline.redis.client();
  const { prefix } = pipeline;
  const deps = {
    redis,
    prefix,
    auditKey: storeKeys(prefix).audit,
    entries: createDeadLetterReader(redis, prefix),
    settings: { maxPoisonRetries: 3, batchSize: 500, intervalSeconds: 1 },
  };
  const read = async (id: string): Promise<Redrive> => (await readRedrive(deps, id)) as Redrive;
  return {
    deps,
    read,
    async redrive(filter: DeadLetterFilter, maxPerSecond: number): Promise<Redrive> {
      const { plan_id: planId } = await planRedrive(deps, { filter, all: true, actor: "ann" });
      const order = { planId, reason: BY.reason, maxPerSecond, all: false };
      return await startRedrive(deps, order, BY);
    },
    steer: (id: string, order: "pause" | "resume" | "cancel") =>
      steerRedrive(deps, { id, order }, BY),
    until: async (id: string, what: string, isSo: (redrive: Redrive) => boolean) => {
      await waitFor(async () => isSo(await read(id)), { what, timeoutMs: 60_000 });
      return await read(id);
    },
  };
}

const delivered = (pipeline: Pipeline) => pipeline.receiver.alerts({ limit: 10_000 });

test("a redrive replays what its filter means, at the pace that was asked for, and ends done", async () => {
  await using pipeline = await start("redrive-filter");
  const { redrive, until, deps } = operator(pipeline);
  await park(pipeline, [
    ...drafts(30, { id: "meant", class: "permanent", severity: 2 }),
    ...drafts(10, { id: "other", severity: 5 }),
    { id: "poison", severity: 2, replays: 3 },
  ]);
  const startedAt = Date.now();
  const { id, total } = await redrive({ severity: 2 }, 10);
  expect(total).toBe(30);
  const done = await until(id, "the redrive is done", ({ state }) => state === "done");
  // 30 at ten a second, of which a quarter of a second's worth may go at once.
  expect(Date.now() - startedAt).toBeGreaterThan(2500);
  expect(done).toMatchObject({ done: 30, skipped: 1, waiting_for: null });
  await untilDelivered(
    pipeline.receiver,
    new Set(drafts(30, { id: "meant" }).map((each) => each.id)),
  );
  expect(delivered(pipeline)).toHaveLength(30);
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(11);
  const audit = await readAudit(deps.redis, deps.prefix);
  const redrives = audit.filter(({ target }) => target === id);
  expect(redrives.map(({ action, actor }) => [action, actor])).toEqual([
    ["redrive.done", "remediation"],
    ["redrive.start", "ann"],
  ]);
});

test("a redrive is paused, goes on, and is cancelled: what was replayed stays so, the rest stays parked", async () => {
  await using pipeline = await start("redrive-steer");
  const { redrive, until, steer, read } = operator(pipeline);
  await park(pipeline, drafts(200));
  const { id } = await redrive({}, 20);
  await until(id, "it has begun", ({ done }) => done >= 5);
  await steer(id, "pause");
  await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "wait")) === 0, {
    what: "what was asked for is gone",
  });
  const settled = async () => {
    const seen = (await read(id)).done;
    await sleep(500);
    const isSettled = (await read(id)).done === seen && delivered(pipeline).length === seen;
    return isSettled ? seen : undefined;
  };
  const done = await waitFor(settled, { what: "what was asked for is delivered" });
  // Meanwhile nothing more is asked for.
  await sendAll(pipeline, [faults(1)]);
  await waitFor(() => delivered(pipeline).length === done + 1, { what: "fresh alerts go on" });
  expect(await read(id)).toMatchObject({ state: "paused", done });
  await steer(id, "resume");
  await until(id, "it goes on", (redriven) => redriven.done > done);
  await steer(id, "cancel");
  const cancelled = await until(id, "it has ended", ({ state }) => state === "cancelled");
  expect(cancelled.done).toBeLessThan(200);
  await waitFor(
    async () => {
      const left = await jobsIn(pipeline, "dlq-alerter", "failed");
      return left + (await read(id)).done === 200;
    },
    { what: "the rest stays parked" },
  );
});

test("kill -9 of remediation in the middle, with a second replica: every entry is replayed once", async () => {
  await using pipeline = await start("redrive-kill");
  const { redrive, until } = operator(pipeline);
  await pipeline.spawn("remediation");
  const entries = drafts(150);
  await park(pipeline, entries);
  const { id } = await redrive({}, 50);
  await until(id, "it has begun", ({ done }) => done >= 20);
  await pipeline.app("remediation").kill9();
  await until(id, "the other one has taken over", ({ done }) => done >= 60);
  const ended = await until(id, "it is done", ({ state }) => state === "done");
  // Each but those that were asked for and not written down when the process died.
  expect(ended.done).toBeGreaterThan(100);
  await untilDelivered(pipeline.receiver, new Set(entries.map((each) => each.id)));
  expect(delivered(pipeline).filter((alert) => alert.delivered !== 1)).toEqual([]);
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(0);
});

test("a gate holds a redrive back and is named; it goes on when the gate opens", async () => {
  await using pipeline = await start("redrive-gate", { CIRCUIT_BREAKER_TIMEOUT: "3" });
  const { redrive, until } = operator(pipeline);
  await park(pipeline, drafts(20));
  pipeline.receiver.setMode({ mode: "unauthorized" });
  const stuck = await sendAll(pipeline, [faults(1)]);
  await waitFor(
    async () =>
      (await pipeline.app("forwarder").metric("mutt_circuit_breaker_state", { state: "open" })) ===
      1,
    { what: "the breaker is open" },
  );
  // What remediation knows of the breaker is half a second old.
  await sleep(1500);
  // Two a second: what goes before remediation knows of the breaker is not all.
  const { id } = await redrive({}, 2);
  const held = await until(id, "it waits", ({ waiting_for }) => waiting_for === "breaker");
  expect(held).toMatchObject({ state: "running" });
  expect(delivered(pipeline)).toEqual([]);
  pipeline.receiver.setMode({ mode: "ok" });
  await pipeline.redis.client().del(`${pipeline.prefix}:breaker:moog`);
  await until(id, "it is done", ({ state }) => state === "done");
  await untilDelivered(
    pipeline.receiver,
    new Set([...drafts(20).map((each) => each.id), ...stuck.ids]),
  );
});

test("what is quarantined is not replayed by itself until it is released", async () => {
  await using pipeline = await start("redrive-quarantine");
  const { deps } = operator(pipeline);
  const { fingerprint } = deadLetterOf({ id: "x", error: "boom" });
  await quarantineGroup(deps, fingerprint, BY);
  await park(pipeline, [...drafts(5, { id: "aside", error: "boom" }), ...drafts(5)]);
  await setSettings(pipeline, { remediation_enabled: "true" });
  await untilDelivered(pipeline.receiver, new Set(drafts(5).map((each) => each.id)));
  expect(await jobsIn(pipeline, "dlq-alerter", "failed")).toBe(5);
  await releaseGroup(deps, fingerprint, BY);
  await waitFor(() => delivered(pipeline).length === 10, { what: "the others follow" });
});
