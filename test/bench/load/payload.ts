/** In which shape a system takes events. */
export type PayloadShape = "event" | "alertmanager";

/** What the events of a run have in common. */
export interface PayloadOptions {
  shape: PayloadShape;
  /** Tells the events of one run from those of another. */
  run: number;
  /** 1: every event is forwarded; n: one in n, the others are only logged. */
  forwardEvery: number;
  /** RFC 3339. */
  timestamp: string;
}

/** Faults that the rules know: those with an even number are forwarded, those with an odd one logged. */
export const FAULTS = 900;

/** Of twenty events in a row one is critical, six are errors, nine warnings, four notices. */
const SEVERITIES = [3, 4, 4, 5, 3, 4, 2, 4, 3, 4, 5, 4, 3, 4, 5, 3, 4, 5, 3, 4];
const HOSTS = 200;
const SPREAD = 7919;
const MARKER = "bench#";
const FAULT_PREFIX = "fault F";
const FAULT_DIGITS = 4;

/** Whether an event of a run is one of those that are forwarded; they fall on all severities alike. */
function isForwarded(sequence: number, forwardEvery: number): boolean {
  return sequence % forwardEvery === Math.floor(sequence / forwardEvery) % forwardEvery;
}

/** How many of the first `events` of a run are forwarded. */
export function countForwarded(events: number, forwardEvery: number): number {
  let count = 0;
  for (let sequence = 0; sequence < events; sequence++) {
    if (isForwarded(sequence, forwardEvery)) count++;
  }
  return count;
}

/** Makes the function that writes a body of `count` events from `first` on: one object, or an array. */
export function createPayloads(
  options: PayloadOptions,
): (first: number, count: number | "single") => string {
  const write = options.shape === "event" ? writeEvent : writeAlertmanagerAlert;
  return (first, count) => {
    // Alertmanager takes arrays only.
    if (count === "single") {
      const item = write(first, options);
      return options.shape === "event" ? item : `[${item}]`;
    }
    const items: string[] = [];
    for (let sequence = first; sequence < first + count; sequence++) {
      items.push(write(sequence, options));
    }
    return `[${items.join(",")}]`;
  };
}

/** Run and sequence number of a message that was made here; `undefined` of any other. */
export function readMarker(message: string): { run: number; sequence: number } | undefined {
  const at = message.lastIndexOf(MARKER);
  if (at === -1) return undefined;
  const [run, sequence] = message.slice(at + MARKER.length).split("-");
  return { run: Number(run), sequence: Number.parseInt(sequence ?? "", 10) };
}

function writeEvent(sequence: number, options: PayloadOptions): string {
  const { host, message, severity } = describe(sequence, options);
  return `{"hostname":"${host}","timestamp":"${options.timestamp}","message":"${message}","syslog_severity":${severity},"source_type":"cisco-ios","facility":"local7"}`;
}

function writeAlertmanagerAlert(sequence: number, options: PayloadOptions): string {
  const { host, message, severity, fault, forwarded } = describe(sequence, options);
  return `{"labels":{"alertname":"${fault}","instance":"${host}","severity":"${severity}","source_type":"cisco-ios","facility":"local7","forward":"${forwarded ? "yes" : "no"}","sequence":"${options.run}-${sequence}"},"annotations":{"description":"${message}"},"startsAt":"${options.timestamp}"}`;
}

function describe(sequence: number, { run, forwardEvery }: PayloadOptions) {
  const forwarded = isForwarded(sequence, forwardEvery);
  const pair = (sequence * SPREAD) % (FAULTS / 2);
  const fault = faultName(pair * 2 + (forwarded ? 0 : 1));
  const host = `core-sw${sequence % HOSTS}.example.net`;
  return {
    fault,
    forwarded,
    host,
    severity: SEVERITIES[sequence % SEVERITIES.length],
    message: `%LINK-3-UPDOWN: Interface GigabitEthernet1/0/${sequence % 48}, changed state to down, ${fault} seen by ${host} (${MARKER}${run}-${sequence})`,
  };
}

/** Whether a message made here is of a fault that is only logged: one look, where MUTT asks all its rules. */
export function isLoggedMessage(message: string): boolean {
  const at = message.indexOf(FAULT_PREFIX);
  return at !== -1 && message.charCodeAt(at + FAULT_PREFIX.length + FAULT_DIGITS - 1) % 2 === 1;
}

/** The words in a message by which a rule knows a fault. */
export function faultName(fault: number): string {
  return `${FAULT_PREFIX}${String(fault).padStart(FAULT_DIGITS, "0")}`;
}
