import { readMarker } from "../load/payload.ts";

/** When the events of one run arrived, each counted once. */
export interface Arrivals {
  unique: number;
  duplicates: number;
  requests: number;
  /** On the machine's monotonic clock; 0 when none came. */
  lastMs: number;
  /** By sequence number; 0: not arrived. */
  arrivedMs: Float64Array;
}

/** No arrivals of a run of at most `capacity` events. */
export function createArrivals(capacity: number): Arrivals {
  return {
    unique: 0,
    duplicates: 0,
    requests: 0,
    lastMs: 0,
    arrivedMs: new Float64Array(capacity),
  };
}

/**
 * Notes the alerts of one request body: an array of alerts (MUTT), an object with `alerts` (Alertmanager), or
 * one object (a bare pipeline). Those of other runs are left out. Throws when it is not JSON.
 */
export function noteArrivals(
  arrivals: Arrivals,
  body: string,
  at: { run: number; nowMs: number },
): void {
  arrivals.requests++;
  for (const alert of alertsOf(JSON.parse(body))) {
    const marker = readMarker(messageOf(alert));
    if (marker?.run !== at.run || marker.sequence >= arrivals.arrivedMs.length) continue;
    if (arrivals.arrivedMs[marker.sequence] !== 0) {
      arrivals.duplicates++;
      continue;
    }
    arrivals.arrivedMs[marker.sequence] = at.nowMs;
    arrivals.unique++;
    arrivals.lastMs = at.nowMs;
  }
}

interface SeenAlert {
  description?: string;
  message?: string;
  annotations?: { description?: string };
}

function alertsOf(body: unknown): SeenAlert[] {
  if (Array.isArray(body)) return body;
  const { alerts } = body as { alerts?: SeenAlert[] };
  return alerts ?? [body as SeenAlert];
}

function messageOf(alert: SeenAlert): string {
  return alert.description ?? alert.message ?? alert.annotations?.description ?? "";
}
