import type { SloReadings } from "@mutt/prometheus";
import type { OutageLog } from "@mutt/redis";
import { COMPONENTS, lastKnownOf, reportSlos, type SloReport, type SloSettings } from "@mutt/slo";
import type { LastKnownStates, LastKnownStore } from "./last-known.ts";
import type { SloSource } from "./slo-source.ts";

/** The answer of `GET /api/v1/slo`. */
interface SloAnswer extends SloReport {
  source: SloSource["name"];
  prometheus: {
    available: boolean;
    error: string | null;
    last_success_at: string | null;
    warnings: string[];
  };
  cache: { age_seconds: number; ttl_seconds: number };
}

/** Keeps an evaluation at hand. */
export interface SloChecker extends AsyncDisposable {
  /** The state as of the last evaluation; waits for the first one, and never rejects. */
  current(): Promise<SloAnswer>;
  /** Evaluates now, for changed settings. */
  refresh(): Promise<void>;
}

/** What the checker needs. */
export interface SloCheckerDeps {
  source: SloSource;
  store: LastKnownStore;
  settings(): SloSettings;
  outage: OutageLog;
  /** Time between two evaluations, in milliseconds; 15 000 when left out. */
  intervalMs?: number;
  /** The clock. */
  now?: () => Date;
}

const INTERVAL_MS = 15_000;

interface Evaluation extends SloReadings {
  at: Date;
  windowHours: number;
  lastKnown: LastKnownStates;
}

/**
 * Starts to check the objectives.
 *
 * What it does: one reading of all numbers every 15 s, one at a time, served to everyone. Targets and thresholds are
 * applied when it is asked, so a change holds at once.
 *
 * When the source is away: the state is `unknown` with the reason, beside the last one that was known; the first
 * failure of an outage is logged and its end.
 */
export function startSloChecker(deps: SloCheckerDeps): SloChecker {
  const { source, store, outage, intervalMs = INTERVAL_MS, now = () => new Date() } = deps;
  let latest: Evaluation | undefined;
  let lastSuccessAt: Date | undefined;
  let underWay: Promise<void> | undefined;

  const evaluate = async (): Promise<void> => {
    const at = now();
    const settings = deps.settings();
    const found = await source.read(settings, at);
    if (found.error === null) {
      lastSuccessAt = at;
      outage.succeeded();
    } else {
      outage.failed(found.error);
    }
    const report = reportSlos({ readings: found.readings, settings, lastKnown: {}, now: at });
    await store.keep(
      Object.fromEntries(
        COMPONENTS.flatMap((component) => {
          const known = lastKnownOf(report.components[component], at);
          return known === undefined ? [] : [[component, known]];
        }),
      ),
    );
    const isAnyUnknown = COMPONENTS.some((name) => report.components[name].state === "unknown");
    const lastKnown = isAnyUnknown ? await store.read() : {};
    latest = { ...found, at, windowHours: settings.windowHours, lastKnown };
  };
  const refresh = (): Promise<void> => {
    underWay ??= evaluate()
      // The source does not reject; a defect must not end the process.
      .catch(outage.failed)
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  void refresh();
  const timer = setInterval(() => void refresh(), intervalMs).unref();

  return {
    async current() {
      while (latest === undefined) await refresh();
      const answeredAt = now();
      const report = reportSlos({
        ...latest,
        // The counts are those of the window that was asked for.
        settings: { ...deps.settings(), windowHours: latest.windowHours },
        now: answeredAt,
      });
      const isPrometheus = source.name === "prometheus";
      return {
        ...report,
        source: source.name,
        prometheus: {
          available: isPrometheus && latest.error === null,
          error: isPrometheus ? latest.error : null,
          last_success_at: (isPrometheus && lastSuccessAt?.toISOString()) || null,
          warnings: latest.warnings,
        },
        cache: {
          age_seconds: Math.max(0, Math.round((answeredAt.getTime() - latest.at.getTime()) / 1000)),
          ttl_seconds: intervalMs / 1000,
        },
      };
    },
    async refresh() {
      // One that is under way has seen the settings as they were.
      await underWay;
      await refresh();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await underWay;
      await source[Symbol.asyncDispose]();
    },
  };
}
