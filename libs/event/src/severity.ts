import type { Severity } from "./event.ts";

/** What an event without a severity, or with an unknown one, gets: warning, so that it is neither shed first nor paged first. */
const DEFAULT_SEVERITY: Severity = 4;

/** RFC 5424 section 6.2.1, in numerical order. */
const NAMES = [
  "emergency",
  "alert",
  "critical",
  "error",
  "warning",
  "notice",
  "informational",
  "debug",
] as const;

/**
 * Every word senders use, by the syslog severity it means, without spaces, dots, dashes, underscores
 * and the `LOG_` of C programs. Where a vocabulary has no syslog twin the mapping is ours:
 *
 * - X.733, ITU and Moogsoft: Critical is syslog's own word, so Major is an error and Minor a warning
 *   (RFC 5674 puts each one step higher, which makes Critical and Major one). Indeterminate and
 *   Cleared are a notice, as RFC 5674 has them; so is every other word for "it is well again".
 * - Nagios: DOWN is critical, UNREACHABLE an error, UNKNOWN a warning, OK and UP are notices.
 * - Zabbix and firewalls: Disaster 1, High 2, Average 3, Medium 4, Low 5, Not classified 5.
 * - Hardware health (Dell, HP, IPMI): non-recoverable 1, failed 3, non-critical and degraded 4.
 */
const WORDS: Record<Severity, string> = {
  0: "emerg emergency emergencies emrg panic",
  1: "alert alerts alrt disaster nonrecoverable",
  2: "crit critical criticals fatal high down incidenterror",
  3: "err error errors major severe average failed failure fail unreachable",
  4: "warn warning warnings minor medium moderate caution unknown degraded noncritical auditfailure",
  5: "notice notices notif notification notifications note low indeterminate notclassified ok up normal clear cleared recovered recovery resolved",
  6: "info information informational informative log statement success auditsuccess",
  7: "debug debugging debugs dbug dbg trace verbose trivia fine finer finest debug1 debug2 debug3 debug4 debug5",
};

const BY_WORD = new Map<string, Severity>(
  Object.entries(WORDS).flatMap(([severity, words]) =>
    words.split(" ").map((word): [string, Severity] => [word, Number(severity) as Severity]),
  ),
);

/** No word is longer; also bounds the work on a text that is not one. */
const LONGEST_WORD = 32;

/** The fields a severity is read from, the stronger first. */
const SEVERITY_FIELDS = ["syslog_severity", "severity"] as const;

/** A field that a severity is read from. */
export type SeverityField = (typeof SEVERITY_FIELDS)[number];

/** The severity of an event and where it came from. */
export interface EventSeverity {
  severity: Severity;
  /** The field it was read from; undefined when the event gives none. */
  field: SeverityField | undefined;
  /** What the sender wrote, unless it was a syslog number already. */
  given?: unknown;
}

/**
 * Reads the severity of an event. `syslog_severity` counts before `severity`, unless only the latter
 * can be read. Without a severity, or with one that is in no vocabulary, an event is a warning.
 */
export function readEventSeverity(event: Record<string, unknown>): EventSeverity {
  for (const field of SEVERITY_FIELDS) {
    const given = event[field];
    const severity = readSeverity(given);
    if (severity === undefined) continue;
    return isSeverityNumber(given) ? { severity, field } : { severity, field, given };
  }
  for (const field of SEVERITY_FIELDS) {
    const given = event[field];
    if (given === undefined || given === null || given === "") continue;
    return { severity: DEFAULT_SEVERITY, field, given };
  }
  return { severity: DEFAULT_SEVERITY, field: undefined };
}

/** Reads a syslog severity from a number from 0 to 7, its digit or a name; undefined when it is none of these. */
export function readSeverity(value: unknown): Severity | undefined {
  if (isSeverity(value)) return value;
  if (typeof value !== "string" || value.length > LONGEST_WORD) return undefined;
  const word = value.trim().toLowerCase();
  if (word.length === 1) return readDigit(word);
  return BY_WORD.get(word) ?? BY_WORD.get(word.replace(/^log_/, "").replace(/[\s._-]+/g, ""));
}

/** The RFC 5424 name of a severity, in lower case: `emergency` for 0 to `debug` for 7. */
export function severityName(severity: Severity): (typeof NAMES)[Severity] {
  return NAMES[severity];
}

/** True for a number, or its digit, that already is a syslog severity. */
function isSeverityNumber(value: unknown): boolean {
  return isSeverity(value) || (typeof value === "string" && readDigit(value.trim()) !== undefined);
}

function isSeverity(value: unknown): value is Severity {
  return typeof value === "number" && value >= 0 && value <= 7 && Number.isInteger(value);
}

function readDigit(text: string): Severity | undefined {
  return /^[0-7]$/.test(text) ? (Number(text) as Severity) : undefined;
}
