import type { IngestedEvent, Severity } from "@mutt/event";
import type { Handling, Rule } from "@mutt/rules";

/** Where the host stands; it decides which handling of a rule counts. */
export type Environment = "dev" | "prod";

/** Moogsoft's scale: 0 clear, 1 indeterminate, 2 warning, 3 minor, 4 major, 5 critical. */
export type MoogSeverity = 0 | 1 | 2 | 3 | 4 | 5;

/** One alert as the incident platform receives it; names are Moogsoft's. */
export interface OutgoingAlert {
  signature: string;
  source_id: string;
  /** The same on every attempt and replay: the receiver's dedup key. */
  external_id: string;
  manager: "MUTT";
  source: string;
  class: string;
  agent: string;
  agent_location: string;
  type: string;
  severity: MoogSeverity;
  description: string;
  /** Epoch seconds of the event. */
  agent_time: number;
  custom_info: {
    handling: Handling;
    environment: Environment;
    rule_id: number | null;
    rule_name: string;
    correlation_id: string;
    team: string;
    event: IngestedEvent;
    /** Set on alerts that MUTT made itself: they were never accepted from a sender. */
    generated?: true;
  };
}

const AGENT = "mutt-alerter";

/** Words senders use for "it is over"; Moogsoft closes on severity 0. */
const CLEARED = /^(clear|cleared|ok|resolved|recovery|recovered|normal)$/i;

const MOOG_SEVERITY: Record<Severity, MoogSeverity> = {
  0: 5,
  1: 5,
  2: 5,
  3: 4,
  4: 2,
  5: 1,
  6: 1,
  7: 1,
};

/** Maps an event's severity to Moogsoft's scale; a severity given as "cleared" or the like becomes 0. */
export function toMoogSeverity(event: IngestedEvent): MoogSeverity {
  if (event.severity_given !== undefined && CLEARED.test(event.severity_given.trim())) return 0;
  return MOOG_SEVERITY[event.severity];
}

/** Builds the alert of an event that a rule says to forward. */
export function buildAlert(
  event: IngestedEvent,
  rule: Rule,
  environment: Environment,
): OutgoingAlert {
  return {
    // Host and rule: unrelated faults of one host must not fold into one incident.
    signature: `${event.hostname}::${rule.id}`,
    source_id: event.hostname,
    external_id: event.id,
    manager: "MUTT",
    source: event.hostname,
    class: rule.team_assignment,
    agent: AGENT,
    agent_location: environment,
    type: event.trap_oid === undefined ? "syslog" : "snmp_trap",
    severity: toMoogSeverity(event),
    description: event.message,
    agent_time: Math.floor(Date.parse(event.timestamp) / 1000),
    custom_info: {
      handling: environment === "dev" ? rule.dev_handling : rule.prod_handling,
      environment,
      rule_id: rule.id,
      rule_name: rule.name,
      correlation_id: event.correlation_id,
      team: rule.team_assignment,
      event,
    },
  };
}

/** What is known when a pattern of unhandled messages reached the threshold. */
export interface UnhandledPattern {
  /** Id of the meta-alert: the same whenever this crossing is worked on again. */
  id: string;
  pattern: string;
  count: number;
  threshold: number;
  windowSeconds: number;
  team: string;
  environment: Environment;
  /** The event that brought the count to the threshold. */
  event: IngestedEvent;
}

/** Severity of meta-alerts: a gap in the rules is worth a look, not a page. */
export const META_ALERT_SEVERITY: Severity = 4;

/** Builds the alert that says: this host sends much of something that no rule knows. */
export function buildMetaAlert(unhandled: UnhandledPattern): OutgoingAlert {
  const { event, pattern } = unhandled;
  return {
    signature: `${event.hostname}::unhandled::${pattern.slice(0, 200)}`,
    source_id: event.hostname,
    external_id: unhandled.id,
    manager: "MUTT",
    source: event.hostname,
    class: unhandled.team,
    agent: AGENT,
    agent_location: unhandled.environment,
    type: "unhandled_events",
    severity: MOOG_SEVERITY[META_ALERT_SEVERITY],
    description:
      `${unhandled.count} events of ${event.hostname} matched no rule within ` +
      `${unhandled.windowSeconds} s (threshold ${unhandled.threshold}): ${event.message}`,
    agent_time: Math.floor(Date.parse(event.timestamp) / 1000),
    custom_info: {
      handling: "Ticket_only",
      environment: unhandled.environment,
      rule_id: null,
      rule_name: "unhandled events",
      correlation_id: event.correlation_id,
      team: unhandled.team,
      event: { ...event, id: unhandled.id, severity: META_ALERT_SEVERITY },
      generated: true,
    },
  };
}
