import { expect, test } from "vitest";
import { DEFAULT_SLO_SETTINGS } from "./objectives.ts";
import type { SloReading } from "./reading.ts";
import { type LastKnown, lastKnownOf, reportSlos } from "./report.ts";

const NOW = new Date("2026-11-23T15:12:00Z");

const counts = (total: number, bad: number, coverage = 1) => ({ total, bad, coverage });

/** 1,204,332 requests in 30 days, 3360 of them bad; 5200 in the last hour, 88 of them bad. */
const INGEST: SloReading = {
  kind: "counts",
  ageSeconds: 7.25,
  period: counts(1_204_332.4, 3_360),
  windows: {
    "5m": counts(430, 1),
    "30m": counts(2500, 20),
    "1h": counts(5200, 88),
    "2h": counts(9000, 90),
    "6h": counts(21_000, 100),
    "1d": counts(90_000, 200),
    "3d": counts(250_000, 500),
  },
};

const AWAY: SloReading = { kind: "none", reason: "prometheus_unavailable" };

const KNOWN: LastKnown = {
  state: "ok",
  availability: 0.9991,
  error_budget_remaining: 0.91,
  burn_rate: 0.2,
  evaluated_at: "2026-11-23T14:50:00.000Z",
};

const report = (forwarder: SloReading, lastKnown: LastKnown | undefined = KNOWN) =>
  reportSlos({
    readings: { ingestor: INGEST, forwarder },
    settings: DEFAULT_SLO_SETTINGS,
    lastKnown: lastKnown ? { forwarder: lastKnown } : {},
    now: NOW,
  });

test("shows availability, budget and burn of an objective", () => {
  expect(report(AWAY).components.ingestor).toMatchObject({
    slo: "ingest-availability",
    target: 0.995,
    window_hours: 720,
    availability: 0.99721,
    error_ratio: 0.00278993,
    error_budget: 0.005,
    error_budget_remaining: 0.442015,
    events: { total: 1_204_332, bad: 3360, allowed_bad: 6021, left: 2661 },
    burn_rate: 3.38462,
    burn_rate_window: "1h",
    coverage: 1,
    history_since: "2026-10-24T15:12:00.000Z",
    age_seconds: 7.25,
    state: "ok",
    reason: null,
    last_known: null,
  });
});

test("shows each pair with its windows", () => {
  expect(report(AWAY).components.ingestor.windows[0]).toEqual({
    severity: "critical",
    threshold: 14.4,
    breached: false,
    evaluable: true,
    reason: null,
    long: { window: "1h", error_ratio: 0.0169231, burn_rate: 3.38462, events: 5200, coverage: 1 },
    short: { window: "5m", error_ratio: 0.00232558, burn_rate: 0.465116, events: 430, coverage: 1 },
  });
});

test("shows what was known beside an unknown state, never instead of it", () => {
  const { state, components } = report(AWAY);
  expect(state).toBe("unknown");
  expect(components.forwarder).toMatchObject({
    state: "unknown",
    reason: "prometheus_unavailable",
    availability: null,
    error_budget_remaining: null,
    burn_rate: null,
    events: { total: null, bad: null, allowed_bad: null, left: null },
    last_known: { ...KNOWN, age_seconds: 1320, expired: false },
  });
});

test("calls what was known expired after six hours", () => {
  const at = (iso: string) =>
    report(AWAY, { ...KNOWN, evaluated_at: iso }).components.forwarder.last_known;
  expect(at("2026-11-23T09:12:00.000Z")).toMatchObject({ age_seconds: 21_600, expired: false });
  expect(at("2026-11-23T09:11:59.000Z")).toMatchObject({ expired: true });
});

test("flags counts that are no picture of now", () => {
  const aged = (ageSeconds: number) =>
    report({ ...INGEST, ageSeconds }).components.forwarder.flags.stale;
  expect([aged(120), aged(121)]).toEqual([false, true]);
});

test("remembers what is known and nothing else", () => {
  const { components } = report(AWAY);
  expect(lastKnownOf(components.forwarder, NOW)).toBeUndefined();
  expect(lastKnownOf(components.ingestor, NOW)).toEqual({
    state: "ok",
    availability: 0.99721,
    error_budget_remaining: 0.442015,
    burn_rate: 3.38462,
    evaluated_at: NOW.toISOString(),
  });
});

test("is JSON without a number that JSON cannot hold", () => {
  const nothing: SloReading = {
    kind: "counts",
    ageSeconds: Number.NaN,
    windows: { "1h": { total: Number.NaN, bad: Number.NaN, coverage: Number.POSITIVE_INFINITY } },
    period: { total: Number.NaN, bad: Number.NaN, coverage: Number.NaN },
  };
  const { components } = report(nothing);
  expect(components.forwarder).toMatchObject({ state: "unknown", reason: "no_traffic" });
  const { forwarder } = components;
  expect(JSON.parse(JSON.stringify(forwarder))).toEqual(forwarder);
});
