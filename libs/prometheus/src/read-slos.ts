import {
  COMPONENTS,
  type ComponentName,
  SLOS,
  type Slo,
  type SloReading,
  type SloSettings,
  sloQueries,
  type WindowCounts,
} from "@mutt/slo";
import type { PrometheusClient } from "./client.ts";
import { PrometheusError } from "./prometheus-error.ts";

/** What Prometheus says about all objectives. */
export interface SloReadings {
  readings: Record<ComponentName, SloReading>;
  /** The first thing that went wrong; `null` when every query was answered. */
  error: string | null;
  /** Each once. */
  warnings: string[];
}

/** What is needed to ask. */
export interface ReadSlosOptions {
  settings: SloSettings;
  now: Date;
  /** Ends all queries together. */
  signal: AbortSignal;
  /** Told of each query, to count them. */
  onQuery(result: QueryResult): void;
}

/** How a query ended. */
export const QUERY_RESULTS = ["ok", "unavailable", "query_error"] as const;

/** How a query ended. */
export type QueryResult = (typeof QUERY_RESULTS)[number];

/** Asks all queries of all objectives side by side; never rejects: what failed is in the readings. */
export async function readSlos(
  client: Pick<PrometheusClient, "query">,
  options: ReadSlosOptions,
): Promise<SloReadings> {
  const warnings = new Set<string>();
  const errors: string[] = [];
  const ask = async (expr: string): Promise<number | null> => {
    try {
      const answer = await client.query(expr, { time: options.now, signal: options.signal });
      for (const warning of answer.warnings) warnings.add(warning);
      options.onQuery("ok");
      return answer.value;
    } catch (error) {
      options.onQuery(error instanceof PrometheusError ? error.reason : "query_error");
      errors.push(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  const entries = await Promise.all(
    COMPONENTS.map(
      async (component) =>
        [component, await readSlo(ask, SLOS[component], options.settings)] as const,
    ),
  );
  return {
    readings: Object.fromEntries(entries) as SloReadings["readings"],
    error: errors[0] ?? null,
    warnings: [...warnings],
  };
}

type Ask = (expr: string) => Promise<number | null>;

async function readSlo(ask: Ask, slo: Slo, settings: SloSettings): Promise<SloReading> {
  const queries = sloQueries(slo, settings);
  const askWindow = async (window: {
    total: string;
    bad: string;
    coverage: string;
  }): Promise<WindowCounts> => {
    const [total, bad, coverage] = await all([window.total, window.bad, window.coverage].map(ask));
    return { total: total ?? null, bad: bad ?? null, coverage: coverage ?? 0 };
  };
  try {
    const [age, [period, ...windows]] = await both(
      ask(queries.age),
      all([queries.period, ...queries.windows].map(askWindow)),
    );
    if (age === null || period === undefined) return { kind: "none", reason: "metrics_absent" };
    const values = [age, ...[period, ...windows].flatMap((counts) => Object.values(counts))];
    if (!values.every(isUsable)) return { kind: "none", reason: "bad_value" };
    const names = queries.windows.map(({ window }) => window);
    return {
      kind: "counts",
      ageSeconds: age,
      period,
      windows: Object.fromEntries(names.map((name, index) => [name, windows[index]])),
    };
  } catch (error) {
    const isRefused = error instanceof PrometheusError && error.reason === "query_error";
    return { kind: "none", reason: isRefused ? "query_error" : "prometheus_unavailable" };
  }
}

/** Like `Promise.all`, but waits for all: no query goes on unseen after the answer is given. */
async function all<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(asked);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === "rejected") throw a.reason;
  if (b.status === "rejected") throw b.reason;
  return [a.value, b.value];
}

function isUsable(value: number | null): boolean {
  return value === null || Number.isFinite(value);
}
