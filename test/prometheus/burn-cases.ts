// When the alerts about the error budget fire.
import { COMPONENTS, SLOS } from "@mutt/slo";
import type { AlertCase } from "./rule-tests.ts";

/** Events at a time; enough for shares of hundredths of a per cent. */
const RATE = 100_000;

const SERIES = {
  ingestor: [
    'mutt_ingest_requests_total{reason="ok"}',
    'mutt_ingest_requests_total{reason="internal"}',
  ],
  forwarder: [
    'mutt_forward_alerts_total{origin="fresh",outcome="delivered"}',
    'mutt_forward_alerts_total{origin="fresh",outcome="dead"}',
  ],
} as const;

/**
 * The pairs, slowest first, with their short windows in minutes. Days are evaluated at larger steps, though within the
 * five minutes that Prometheus looks back: promtool evaluates groups in any order.
 */
const TIERS = [
  { tier: "slowest", factor: 1, short: 360, every: 4 },
  { tier: "slow", factor: 3, short: 120, every: 4 },
  { tier: "medium", factor: 6, short: 30, every: 1 },
  { tier: "fast", factor: 14.4, short: 5, every: 1 },
] as const;

/** Stretches of constant burn, in evaluations. */
type Stretch = { burn: number; steps: number };

/** Long enough for windows to be full and for `keep_firing_for` to be over, in evaluations. */
const SETTLED = 10;

function seriesOf(component: keyof typeof SERIES, stretches: readonly Stretch[]) {
  const budget = 1 - SLOS[component].defaultTarget;
  const values: [string, string] = ["", ""];
  let totals = [0, 0];
  for (const { burn, steps } of stretches) {
    const bad = Math.round(burn * budget * RATE);
    const growth = [RATE - bad, bad];
    growth.forEach((each, index) => {
      values[index] += `${totals[index]}+${each}x${steps - 1} `;
    });
    totals = totals.map((total, index) => total + (growth[index] ?? 0) * steps);
  }
  const [good, bad] = SERIES[component];
  return { [good]: values[0].trim(), [bad]: values[1].trim() };
}

const stepsOf = (stretches: readonly Stretch[]) =>
  stretches.reduce((sum, { steps }) => sum + steps, 0);

function casesOf(component: keyof typeof SERIES): AlertCase[] {
  const slo = SLOS[component].name;
  const other = SERIES[component === "ingestor" ? "forwarder" : "ingestor"][0];
  const target = `mutt_slo_objective_ratio{slo="${slo}"}`;
  const budget = 1 - SLOS[component].defaultTarget;
  const about = (alert: string) => ({ alert, rule: { slo }, every: 1 });
  const cases: AlertCase[] = TIERS.flatMap(({ tier, factor, short, every }, index) => {
    const slower = TIERS.slice(0, index).map((each) => each.tier);
    const [below, above] = [factor * 0.97, factor * 1.03];
    const last = short / every + SETTLED;
    // Long enough for the long window to be mostly what came before.
    const before = Math.max(20, (2 * short) / every);
    const burnCase = (name: string, stretches: Stretch[], tiers: string[]): AlertCase => ({
      name: `${slo}, ${name}`,
      alert: "MuttSloErrorBudgetBurn",
      rule: { slo, tier },
      every,
      series: seriesOf(component, stretches),
      at: `${(stepsOf(stretches) - 1) * every}m`,
      fires: tiers.map((each) => ({ slo, tier: each })),
    });
    const change = (burnBefore: number, burn: number): Stretch[] => [
      { burn: burnBefore, steps: before },
      { burn, steps: last },
    ];
    return [
      burnCase(
        `a steady ${above.toFixed(2)} times`,
        [{ burn: above, steps: 30 }],
        [...slower, tier],
      ),
      burnCase(`a steady ${below.toFixed(2)} times`, [{ burn: below, steps: 30 }], slower),
      burnCase(`over ${factor} times, lately a little less`, change(factor * 1.3, below), slower),
      burnCase(
        `under ${factor} times, lately a little more`,
        change(factor * 0.945, above),
        slower,
      ),
    ];
  });
  cases.push(
    {
      ...about("MuttSloErrorBudgetBurn"),
      name: `${slo}, no error`,
      series: seriesOf(component, [{ burn: 0, steps: 30 }]),
      at: "29m",
      fires: [],
    },
    {
      ...about("MuttSloErrorBudgetBurn"),
      name: `${slo}, no traffic`,
      series: Object.fromEntries(SERIES[component].map((key) => [key, "7x30"])),
      at: "29m",
      fires: [],
    },
    {
      ...about("MuttSloErrorBudgetBurn"),
      name: `${slo}, a looser target that was set at run time`,
      series: {
        ...seriesOf(component, [{ burn: 2, steps: 30 }]),
        [target]: `${1 - 4 * budget}x30`,
      },
      at: "29m",
      fires: [],
    },
    {
      ...about("MuttSloErrorBudgetBurn"),
      name: `${slo}, a stricter target that was set at run time`,
      series: {
        ...seriesOf(component, [{ burn: 0.5, steps: 30 }]),
        [target]: `${1 - budget / 4}x30`,
      },
      at: "29m",
      fires: [{ slo, tier: "slowest" }],
    },
    {
      ...about("MuttSloBudgetExhausted"),
      name: `${slo}, the budget of 30 days used up`,
      series: seriesOf(component, [{ burn: 1.05, steps: 40 }]),
      at: "30m",
      fires: [{ slo }],
    },
    {
      ...about("MuttSloBudgetExhausted"),
      name: `${slo}, the budget used up for nine minutes`,
      series: seriesOf(component, [{ burn: 1.05, steps: 40 }]),
      at: "10m",
      fires: [],
    },
    {
      ...about("MuttSloBudgetExhausted"),
      name: `${slo}, the budget used up for ten minutes`,
      series: seriesOf(component, [{ burn: 1.05, steps: 40 }]),
      at: "14m",
      fires: [{ slo }],
    },
    {
      ...about("MuttSloBudgetExhausted"),
      name: `${slo}, most of the budget used up`,
      series: seriesOf(component, [{ burn: 0.95, steps: 40 }]),
      at: "30m",
      fires: [],
    },
    {
      ...about("MuttSloMetricAbsent"),
      name: `${slo}, nobody counts`,
      series: { [other]: "0x60" },
      at: "10m",
      fires: [{ slo }],
    },
    {
      ...about("MuttSloMetricAbsent"),
      name: `${slo}, nobody has counted for nine minutes`,
      series: { [other]: "0x60" },
      at: "9m",
      fires: [],
    },
    {
      ...about("MuttSloMetricAbsent"),
      name: `${slo}, somebody counts`,
      series: { [SERIES.ingestor[0]]: "0x60", [SERIES.forwarder[0]]: "0x60" },
      at: "30m",
      fires: [],
    },
  );
  return cases;
}

/** The cases of both objectives. */
export const BURN_CASES: readonly AlertCase[] = COMPONENTS.flatMap(casesOf);
