import { type Assessment, assess, type SloState, type StateReason, worstState } from "./assess.ts";
import { burnRate, errorRatio, secondsToExhaustion, shorten } from "./budget.ts";
import type { PairReason, PairVerdict } from "./judge-pair.ts";
import { COMPONENTS, type ComponentName, SLOS, type SloSettings } from "./objectives.ts";
import type { SloReading, WindowCounts } from "./reading.ts";

/** What is remembered of the last time that the state was known; ratios as in the report. */
export interface LastKnown {
  state: Exclude<SloState, "unknown">;
  availability: number | null;
  error_budget_remaining: number | null;
  burn_rate: number | null;
  /** ISO 8601. */
  evaluated_at: string;
}

/** One window of a pair, as it is shown. */
interface WindowReport {
  window: string;
  error_ratio: number | null;
  burn_rate: number | null;
  events: number | null;
  coverage: number | null;
}

/** One pair of windows, as it is shown. */
interface PairReport {
  severity: "critical" | "warn";
  threshold: number;
  breached: boolean;
  evaluable: boolean;
  reason: PairReason | null;
  long: WindowReport;
  short: WindowReport;
}

/** One objective, as `GET /api/v1/slo` shows it. Numbers are finite or `null`, ratios 0 to 1, durations seconds. */
export interface ComponentReport {
  slo: string;
  description: string;
  target: number;
  window_hours: number;
  availability: number | null;
  error_ratio: number | null;
  error_budget: number;
  error_budget_remaining: number | null;
  events: {
    total: number | null;
    bad: number | null;
    allowed_bad: number | null;
    left: number | null;
  };
  burn_rate: number | null;
  burn_rate_window: "1h";
  time_to_exhaustion_seconds: number | null;
  coverage: number | null;
  /** About when the counts begin, where they do not fill the window. ISO 8601. */
  history_since: string | null;
  /** Age of the newest count in seconds. */
  age_seconds: number | null;
  windows: PairReport[];
  state: SloState;
  reason: StateReason;
  flags: {
    low_traffic: boolean;
    insufficient_history: boolean;
    budget_exhausted: boolean;
    stale: boolean;
  };
  /** Only while the state is `unknown`. */
  last_known: (LastKnown & { age_seconds: number; expired: boolean }) | null;
}

/** The objectives part of the answer. */
export interface SloReport {
  generated_at: string;
  state: SloState;
  window_hours: number;
  components: Record<ComponentName, ComponentReport>;
}

/** Everything that a report is made from. */
export interface ReportInput {
  readings: Readonly<Record<ComponentName, SloReading>>;
  settings: SloSettings;
  lastKnown: Readonly<Partial<Record<ComponentName, LastKnown>>>;
  now: Date;
}

/** Counts older than this are no picture of now. */
const STALE_SECONDS = 120;

/** A state that was known longer ago than this is history. */
const EXPIRED_SECONDS = 6 * 3600;

/** Judges all objectives and writes the report. */
export function reportSlos(input: ReportInput): SloReport {
  const components = Object.fromEntries(
    COMPONENTS.map((component) => [component, reportComponent(component, input)]),
  ) as Record<ComponentName, ComponentReport>;
  return {
    generated_at: input.now.toISOString(),
    state: worstState(Object.values(components).map(({ state }) => state)),
    window_hours: input.settings.windowHours,
    components,
  };
}

/** What is worth remembering of a report; `undefined` when its state is unknown. */
export function lastKnownOf(report: ComponentReport, at: Date): LastKnown | undefined {
  if (report.state === "unknown") return undefined;
  return {
    state: report.state,
    availability: report.availability,
    error_budget_remaining: report.error_budget_remaining,
    burn_rate: report.burn_rate,
    evaluated_at: at.toISOString(),
  };
}

function reportComponent(component: ComponentName, input: ReportInput): ComponentReport {
  const { settings, now } = input;
  const reading = input.readings[component];
  const target = settings.targets[component];
  const slo = SLOS[component];
  const judged = assess(reading, target, settings);
  const counts = reading.kind === "counts" ? reading : undefined;
  const hour = counts?.windows["1h"];
  const burn = hour ? burnRate(errorRatio(hour), judged.budget) : null;
  const isKnown = judged.state !== "unknown";
  const { windowHours } = settings;
  return {
    slo: slo.name,
    description: slo.description,
    target,
    window_hours: windowHours,
    availability: judged.periodRatio === null ? null : shorten(1 - judged.periodRatio),
    error_ratio: shorten(judged.periodRatio),
    error_budget: judged.budget,
    error_budget_remaining: shorten(judged.remaining),
    events: reportEvents(counts?.period, judged),
    burn_rate: shorten(burn),
    burn_rate_window: "1h",
    time_to_exhaustion_seconds:
      judged.remaining === null
        ? null
        : secondsToExhaustion({ remaining: judged.remaining, windowHours, burn }),
    coverage: shorten(counts?.period.coverage ?? null),
    history_since: historySince(counts?.period.coverage ?? null, windowHours, now),
    age_seconds: shorten(counts?.ageSeconds ?? null),
    windows: judged.pairs.map((pair) => reportPair(pair, judged.budget)),
    state: judged.state,
    reason: judged.reason,
    flags: {
      low_traffic: judged.lowTraffic,
      insufficient_history: judged.insufficientHistory,
      budget_exhausted: judged.budgetExhausted,
      stale: (counts?.ageSeconds ?? 0) > STALE_SECONDS,
    },
    last_known: isKnown ? null : reportLastKnown(input.lastKnown[component], now),
  };
}

function reportEvents(
  period: WindowCounts | undefined,
  { budget }: Assessment,
): ComponentReport["events"] {
  const { total = null, bad = null } = period ?? {};
  const known = { total: wholeOf(total), bad: wholeOf(bad) };
  if (known.total === null || known.bad === null)
    return { ...known, allowed_bad: null, left: null };
  const allowed = Math.floor(budget * known.total);
  return { ...known, allowed_bad: allowed, left: allowed - known.bad };
}

/** Prometheus extrapolates: its counts have fractions. */
function wholeOf(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value);
}

function historySince(coverage: number | null, windowHours: number, now: Date): string | null {
  if (coverage === null || !Number.isFinite(coverage)) return null;
  const measuredMs = Math.min(1, coverage) * windowHours * 3_600_000;
  return new Date(now.getTime() - measuredMs).toISOString();
}

function reportPair(verdict: PairVerdict, budget: number): PairReport {
  const { pair, evaluable, reason, breached, long, short } = verdict;
  return {
    severity: pair.severity,
    threshold: pair.factor,
    breached,
    evaluable,
    reason,
    long: reportWindow(pair.long, long, budget),
    short: reportWindow(pair.short, short, budget),
  };
}

function reportWindow(window: string, counts: WindowCounts, budget: number): WindowReport {
  const ratio = errorRatio(counts);
  return {
    window,
    error_ratio: shorten(ratio),
    burn_rate: shorten(burnRate(ratio, budget)),
    events: wholeOf(counts.total),
    coverage: shorten(counts.coverage),
  };
}

function reportLastKnown(
  lastKnown: LastKnown | undefined,
  now: Date,
): ComponentReport["last_known"] {
  if (lastKnown === undefined) return null;
  const ageMs = now.getTime() - Date.parse(lastKnown.evaluated_at);
  const age_seconds = Math.max(0, Math.round(ageMs / 1000));
  return { ...lastKnown, age_seconds, expired: age_seconds > EXPIRED_SECONDS };
}
