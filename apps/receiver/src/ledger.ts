/** An alert as it was sent; only what the receiver reads is named. */
export type Alert = Record<string, unknown> & {
  external_id?: unknown;
  description?: unknown;
};

/** What the receiver knows of one alert (`GET /alerts`). */
export type ReceivedAlert = {
  external_id: string;
  /** How often it was taken with a 2xx. */
  delivered: number;
  /** How often it was sent, refused times included. */
  attempts: number;
  /** ISO times of its first and last delivery; null while it was only refused. */
  first_at: string | null;
  last_at: string | null;
  /** The alert as last delivered; null when it is no longer kept. */
  alert: Alert | null;
};

/** How much is remembered, so that a long load cannot eat the machine. */
export type LedgerLimits = { ids: number; bodies: number; bodyBytes: number };

type Entry = { delivered: number; attempts: number; firstAt: number; lastAt: number };
type Body = { alert: Alert; bytes: number };

const LIMITS: LedgerLimits = { ids: 200_000, bodies: 20_000, bodyBytes: 48 * 1024 * 1024 };

/** Which alerts came in and how often. */
export type Ledger = ReturnType<typeof createLedger>;

/** An empty ledger that keeps the newest ids and, of fewer, the alerts themselves. */
export function createLedger(limits: LedgerLimits = LIMITS) {
  // A Map iterates in order of insertion: re-inserting makes an id the newest.
  const entries = new Map<string, Entry>();
  const bodies = new Map<string, Body>();
  let bodyBytes = 0;
  let withoutId = 0;

  function touch(id: string): Entry {
    const entry = entries.get(id) ?? { delivered: 0, attempts: 0, firstAt: 0, lastAt: 0 };
    entries.delete(id);
    entries.set(id, entry);
    if (entries.size > limits.ids) dropOldest(entries);
    return entry;
  }

  function keepBody(id: string, body: Body): void {
    bodyBytes += body.bytes - (bodies.get(id)?.bytes ?? 0);
    bodies.delete(id);
    bodies.set(id, body);
    while (bodies.size > limits.bodies || (bodyBytes > limits.bodyBytes && bodies.size > 1)) {
      bodyBytes -= dropOldest(bodies)?.bytes ?? 0;
    }
  }

  function describe(id: string, entry: Entry): ReceivedAlert {
    const taken = entry.delivered > 0;
    return {
      external_id: id,
      delivered: entry.delivered,
      attempts: entry.attempts,
      first_at: taken ? new Date(entry.firstAt).toISOString() : null,
      last_at: taken ? new Date(entry.lastAt).toISOString() : null,
      alert: bodies.get(id)?.alert ?? null,
    };
  }

  return {
    /** The id an alert is known under; alerts without one are numbered. */
    idOf(alert: Alert): string {
      if (typeof alert.external_id === "string" && alert.external_id) return alert.external_id;
      withoutId += 1;
      return `without-id-${withoutId}`;
    },

    /** Counts one more time that the alert was sent. */
    attempt(id: string): void {
      touch(id).attempts += 1;
    },

    /** Counts one delivery; says whether it is the first of this id. */
    deliver(id: string, alert: Alert, size: { bytes: number; now: number }): boolean {
      const entry = touch(id);
      entry.delivered += 1;
      if (entry.delivered === 1) entry.firstAt = size.now;
      entry.lastAt = size.now;
      keepBody(id, { alert, bytes: size.bytes });
      return entry.delivered === 1;
    },

    /**
     * Alerts newest first: all, or those with one of `ids`; delivered ones only, unless `refused`;
     * with `since` (epoch ms) only those last delivered at that time or later.
     */
    list(query: {
      ids?: readonly string[];
      since?: number;
      limit: number;
      refused: boolean;
    }): ReceivedAlert[] {
      const ids = query.ids ?? [...entries.keys()].reverse();
      const found: ReceivedAlert[] = [];
      for (const id of ids) {
        const entry = entries.get(id);
        if (!entry || (entry.delivered === 0 && !query.refused)) continue;
        if (query.since !== undefined && entry.lastAt < query.since) continue;
        found.push(describe(id, entry));
        if (found.length === query.limit) break;
      }
      return found;
    },

    clear(): void {
      entries.clear();
      bodies.clear();
      bodyBytes = 0;
    },
  };
}

function dropOldest<V>(map: Map<string, V>): V | undefined {
  const oldest = map.entries().next();
  if (oldest.done) return undefined;
  map.delete(oldest.value[0]);
  return oldest.value[1];
}
