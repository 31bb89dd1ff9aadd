import type { Severity } from "@mutt/event";
import type { OutgoingAlert } from "./alert.ts";

/** The largest delivery in bytes, as one HTTP request body. */
export const MAX_DELIVERY_BYTES = 512 * 1024;

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** Alerts of one severity that travel as one request. */
export interface Delivery {
  severity: Severity;
  alerts: OutgoingAlert[];
}

/**
 * Packs alerts into deliveries: one severity each, at most `maxAlerts`, at most 512 KiB.
 * The order inside a severity is kept.
 */
export function packDeliveries(alerts: readonly OutgoingAlert[], maxAlerts: number): Delivery[] {
  const deliveries: Delivery[] = [];
  const open = new Map<Severity, { delivery: Delivery; bytes: number }>();
  for (const alert of alerts) {
    const severity = alert.custom_info.event.severity;
    const bytes = boundOfBytes(alert);
    let current = open.get(severity);
    const isFull =
      current !== undefined &&
      (current.delivery.alerts.length >= maxAlerts || current.bytes + bytes > MAX_DELIVERY_BYTES);
    if (current === undefined || isFull) {
      current = { delivery: { severity, alerts: [] }, bytes: 2 };
      open.set(severity, current);
      deliveries.push(current.delivery);
    }
    current.delivery.alerts.push(alert);
    current.bytes += bytes;
  }
  return deliveries;
}

/** An upper bound of an alert's share of a request body; exact counting would cost more than it saves. */
function boundOfBytes(alert: OutgoingAlert): number {
  return JSON.stringify(alert).length * MAX_BYTES_PER_UNIT + 1;
}
