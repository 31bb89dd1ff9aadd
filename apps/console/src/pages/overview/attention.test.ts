import { expect, test } from "vitest";
import type { QueuesReport } from "../../api/queues.ts";
import type { SloComponent, SloReport, SloState } from "../../api/slo.ts";
import { findConcerns } from "./attention.ts";

function queue(name: string, counts: Partial<QueuesReport["queues"][number]["counts"]> = {}) {
  return {
    name,
    counts: { waiting: 0, prioritized: 0, delayed: 0, active: 0, failed: 0, ...counts },
    oldest_age_seconds: 0,
    drain_rate: null,
  };
}

const CALM: QueuesReport = {
  queues: [queue("ingest"), queue("alert"), queue("dlq-dead")],
  alerter: { state: "normal" },
  breaker: { state: "closed", reason: null, retry_at: null },
};

function slo(ingestor: SloState, forwarder: SloState): SloReport {
  const component = (state: SloState): SloComponent => ({
    slo: "x",
    target: 0.99,
    availability: 0.98,
    error_budget_remaining: -0.5,
    burn_rate: 20,
    windows: [],
    state,
  });
  return {
    generated_at: "",
    state: ingestor,
    window_hours: 720,
    source: "redis",
    components: { ingestor: component(ingestor), forwarder: component(forwarder) },
  };
}

test("a pipeline that is well concerns nobody, and neither does what has not been read", () => {
  expect(findConcerns({ slo: slo("ok", "unknown"), queues: CALM })).toEqual([]);
  expect(findConcerns({ slo: undefined, queues: undefined })).toEqual([]);
});

test("an open breaker says why, and how much waits behind it", () => {
  const queues: QueuesReport = {
    ...CALM,
    queues: [queue("alert", { prioritized: 41, active: 1 })],
    breaker: { state: "open", reason: "HTTP 401", retry_at: null },
  };
  expect(findConcerns({ slo: undefined, queues })).toEqual([
    expect.objectContaining({ tone: "bad", detail: "HTTP 401. 42 deliveries wait" }),
  ]);
});

test("the bad comes before the worrying", () => {
  const queues: QueuesReport = {
    ...CALM,
    queues: [queue("dlq-dead", { failed: 1 })],
    alerter: { state: "shed", share: 0.43 },
  };
  const concerns = findConcerns({ slo: slo("warn", "critical"), queues });
  expect(concerns.map(({ tone }) => tone)).toEqual(["bad", "bad", "warn", "warn"]);
  expect(concerns[0]?.detail).toContain("43 %");
});

test("an objective that cannot be told is a concern, unless there is only no traffic", () => {
  const report = slo("unknown", "unknown");
  report.components.ingestor.reason = "no_traffic";
  report.components.forwarder.reason = "prometheus_unavailable";
  const concerns = findConcerns({ slo: report, queues: undefined });
  expect(concerns).toEqual([
    expect.objectContaining({ tone: "warn", detail: "prometheus unavailable" }),
  ]);
});

test("a budget that is used up is not said to be left", () => {
  const [concern] = findConcerns({ slo: slo("critical", "ok"), queues: undefined });
  expect(concern?.detail).toMatch(/20× as fast.*nothing of it is left/);
});
