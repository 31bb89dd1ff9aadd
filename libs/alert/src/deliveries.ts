import type { Severity } from "@mutt/event";
import type { OutgoingAlert } from "./alert.ts";

/** The largest delivery in bytes, as one HTTP request body. */
export const MAX_DELIVERY_BYTES = 512 * 1024;

/** A UTF-16 code unit takes at most three bytes in UTF-8, and at most six when JSON has to escape it. */
const MAX_BYTES_PER_UNIT = 3;
const MAX_ESCAPED_BYTES_PER_UNIT = 6;

/** Names of fields, numbers, times and ids of an alert and its event. */
const FRAME_BYTES = 1500;

/** Below it a rough bound is good enough: many such alerts fit into a delivery. */
const SMALL_BYTES = 8 * 1024;

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

/**
 * An upper bound of an alert's share of a request body. Writing each alert out to measure it cost a tenth of the
 * alerter's time; a rough bound does for all but the large ones.
 */
function boundOfBytes(alert: OutgoingAlert): number {
  const rough = roughBound(alert);
  if (rough <= SMALL_BYTES) return rough;
  return JSON.stringify(alert).length * MAX_BYTES_PER_UNIT + 1;
}

function roughBound({ signature, custom_info, class: team, description }: OutgoingAlert): number {
  const { event, rule_name, correlation_id } = custom_info;
  const units =
    signature.length +
    3 * event.hostname.length +
    description.length +
    event.message.length +
    rule_name.length +
    2 * team.length +
    correlation_id.length +
    (event.severity_given?.length ?? 0) +
    (event.timestamp_given?.length ?? 0) +
    (event.trap_oid?.length ?? 0);
  const attributes = event.attributes ? JSON.stringify(event.attributes).length : 0;
  return FRAME_BYTES + units * MAX_ESCAPED_BYTES_PER_UNIT + attributes * MAX_BYTES_PER_UNIT;
}
