import { Writable } from "node:stream";
import { buildAlert } from "@mutt/alert";
import type { DeadLetter } from "@mutt/dead-letter";
import { RuleSchema } from "@mutt/rules";
import { createLogger } from "@mutt/service";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { type DeliverDeps, type DeliverySettings, deliver } from "./deliver.ts";
import type { Gate } from "./gate.ts";
import { createMetrics } from "./metrics.ts";
import type { SendOutcome } from "./verdict.ts";

const RULE = RuleSchema.parse({
  id: 1,
  name: "r",
  match_type: "contains",
  match_string: "m",
  prod_handling: "Page_only",
  dev_handling: "Page_only",
  team_assignment: "t",
});

const ALERT = buildAlert(
  {
    id: "id-1",
    correlation_id: "c",
    hostname: "h",
    message: "m",
    severity: 3,
    timestamp: "2026-11-24T06:00:00.000Z",
    received_at: "2026-11-24T06:00:00.000Z",
  },
  RULE,
  "prod",
);

const JOB = { severity: 3 as const, alerts: [ALERT] };

function setup(outcome: SendOutcome, settings: Partial<DeliverySettings> = {}, isProbe = false) {
  const dead: DeadLetter[] = [];
  const recorded: string[] = [];
  const record = (what: string) => async () => void recorded.push(what);
  const gate: Gate = {
    enter: async () => ({ isAdmitted: true, isProbe, waitMs: 0 }),
    succeeded: record("succeeded"),
    failed: record("failed"),
    misconfigured: record("misconfigured"),
    pause: record("pause"),
    release: record("release"),
    refresh: () => {},
  };
  const deps: DeliverDeps = {
    gate,
    sender: { send: async () => outcome, [Symbol.asyncDispose]: async () => {} },
    settings: () => ({
      baseMs: 10,
      maxMs: 100,
      maxRetries: 5,
      maxWaitMs: 60_000,
      breakerTimeoutMs: 60_000,
      ...settings,
    }),
    addDeliveries: async () => {},
    addDeadLetters: async (entries) => void dead.push(...entries),
    countReplays: (outcome, ids) => void recorded.push(`replay ${outcome} ${ids}`),
    stories: { note: () => {}, [Symbol.asyncDispose]: async () => {} },
    metrics: createMetrics(new Registry()),
    logger: createLogger({ service: "test", level: "error", stream: nowhere() }),
    worker: "w",
    version: "v",
  };
  return { deps, dead, recorded };
}

function nowhere() {
  return Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
    isTTY: false,
  });
}

const FAILS: SendOutcome = { kind: "response", status: 500, excerpt: "" };

test.each([0, 5, 60, 100])(
  "a delivery that keeps failing is given up after the first attempt and %i retries",
  async (maxRetries) => {
    const { deps, dead } = setup(FAILS, { maxRetries });
    let job = JOB as Parameters<typeof deliver>[1];
    let attempts = 0;
    for (let step = await deliver(deps, job, "t"); ; step = await deliver(deps, job, "t")) {
      attempts++;
      if (step.kind !== "retry" || attempts > 200) break;
      job = step.data;
    }
    expect(attempts).toBe(maxRetries + 1);
    expect(dead).toHaveLength(1);
    expect(dead[0]?.history.at(-1)?.attempt).toBe(maxRetries + 1);
  },
);

test("a probe that found nobody to talk to spends no attempt of its delivery", async () => {
  const { deps, recorded } = setup(
    { kind: "error", code: "ECONNREFUSED", message: "refused" },
    {},
    true,
  );
  expect(await deliver(deps, JOB, "t")).toMatchObject({ kind: "wait" });
  expect(recorded).toEqual(["failed"]);
});

test("a probe that failed makes way, so that another delivery is the next one", async () => {
  const { deps } = setup(FAILS, {}, true);
  const step = await deliver(deps, JOB, "t");
  expect(step).toMatchObject({ kind: "retry", delayMs: 66_000 });
});

test("only the time that the receiver asked for counts towards the longest wait", async () => {
  const throttled: SendOutcome = { kind: "response", status: 429, retryAfter: "10", excerpt: "" };
  const { deps, dead } = setup(throttled, { maxWaitMs: 15_000 });
  const first = await deliver(deps, JOB, "t");
  expect(first).toMatchObject({ kind: "wait", data: { throttled_ms: 10_000 } });
  const second = await deliver(deps, { ...JOB, throttled_ms: 10_000 }, "t");
  expect(second).toMatchObject({ kind: "wait", data: { throttled_ms: 20_000 } });
  expect(dead).toEqual([]);
  await deliver(deps, { ...JOB, throttled_ms: 20_000 }, "t");
  expect(dead).toMatchObject([{ class: "throttled", reason: "max_wait_exceeded" }]);
});
