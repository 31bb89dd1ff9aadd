/** Counters of the receiver since its start or the last reset (`GET /stats`). */
export type ReceiverStats = {
  /** Webhook requests, refused ones included; health probes apart. */
  requests: number;
  healthProbes: number;
  /** Alerts taken with a 2xx; `unique` + `duplicates`, as far as the remembered ids tell. */
  alerts: number;
  unique: number;
  duplicates: number;
  /** Requests by the status they were answered with; `none` for hung and closed ones. */
  byStatus: Record<string, number>;
  /** Taken alerts by `custom_info.handling` and by `severity`. */
  byHandling: Record<string, number>;
  bySeverity: Record<string, number>;
  /** The last seconds with traffic, oldest first. */
  perSecond: { second: string; requests: number; alerts: number }[];
  /** The most requests that arrived within any one second. */
  maxPerSecond: number;
};

/** Seconds of traffic that `perSecond` remembers. */
const REMEMBERED_SECONDS = 120;

/** Counts what the receiver sees; times are epoch milliseconds. */
export type StatsCounter = ReturnType<typeof createStatsCounter>;

/** A counter at zero. */
export function createStatsCounter() {
  const stats = emptyCounters();
  const seconds = new Map<number, { requests: number; alerts: number }>();
  // Arrival times within the last second; `head` is the first that still counts.
  let arrivals: number[] = [];
  let head = 0;

  function secondOf(now: number): { requests: number; alerts: number } {
    const second = Math.floor(now / 1000);
    let counts = seconds.get(second);
    if (!counts) {
      counts = { requests: 0, alerts: 0 };
      seconds.set(second, counts);
      const oldest = seconds.keys().next().value;
      if (seconds.size > REMEMBERED_SECONDS && oldest !== undefined) seconds.delete(oldest);
    }
    return counts;
  }

  return {
    request(now: number): void {
      stats.requests += 1;
      secondOf(now).requests += 1;
      arrivals.push(now);
      while ((arrivals[head] ?? now) <= now - 1000) head += 1;
      stats.maxPerSecond = Math.max(stats.maxPerSecond, arrivals.length - head);
      if (head > 10_000) {
        arrivals = arrivals.slice(head);
        head = 0;
      }
    },

    answered(status: number | "none"): void {
      increment(stats.byStatus, String(status));
    },

    healthProbe(): void {
      stats.healthProbes += 1;
    },

    /** One alert taken with a 2xx. */
    alert(alert: Record<string, unknown>, taken: { isFirst: boolean; now: number }): void {
      stats.alerts += 1;
      stats[taken.isFirst ? "unique" : "duplicates"] += 1;
      secondOf(taken.now).alerts += 1;
      increment(stats.byHandling, handlingOf(alert));
      increment(stats.bySeverity, String(alert.severity ?? "none"));
    },

    read(): ReceiverStats {
      const perSecond = [...seconds].map(([second, counts]) => ({
        second: new Date(second * 1000).toISOString(),
        ...counts,
      }));
      return { ...stats, perSecond };
    },

    clear(): void {
      Object.assign(stats, emptyCounters());
      seconds.clear();
      arrivals = [];
      head = 0;
    },
  };
}

function emptyCounters(): Omit<ReceiverStats, "perSecond"> {
  return {
    requests: 0,
    healthProbes: 0,
    alerts: 0,
    unique: 0,
    duplicates: 0,
    byStatus: {},
    byHandling: {},
    bySeverity: {},
    maxPerSecond: 0,
  };
}

function handlingOf(alert: Record<string, unknown>): string {
  const info = alert.custom_info;
  if (typeof info !== "object" || info === null || !("handling" in info)) return "none";
  return String(info.handling);
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
