import { type IngestedEvent, type Severity, severityName } from "@mutt/event";
import type { OutgoingAlert } from "./alert.ts";

/** What was shed since the digest before. */
export interface ShedDigest {
  /** Id of the alert: the same whenever this digest is worked on again. */
  id: string;
  /** ISO 8601. */
  at: string;
  /** Events by severity that were put off, and that became dead letters. */
  deferred: Partial<Record<Severity, number>>;
  dead: Partial<Record<Severity, number>>;
  /** Hosts that most of them came from, the first one first. */
  sources: { hostname: string; events: number }[];
  team: string;
}

/** The highest priority: who is to hear of an overload must not wait behind it. */
const DIGEST_SEVERITY: Severity = 0;

const SEVERITIES: readonly Severity[] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Builds the alert that says what an overload has cost so far. */
export function buildShedDigest(digest: ShedDigest): OutgoingAlert {
  const description = describe(digest);
  const event: IngestedEvent = {
    id: digest.id,
    correlation_id: digest.id,
    hostname: "mutt",
    message: description,
    severity: DIGEST_SEVERITY,
    timestamp: digest.at,
    received_at: digest.at,
    attributes: { deferred: digest.deferred, dead: digest.dead, sources: digest.sources },
  };
  return {
    signature: "mutt::overload",
    source_id: "mutt",
    external_id: digest.id,
    manager: "MUTT",
    source: "mutt",
    class: digest.team,
    agent: "mutt-alerter",
    agent_location: "prod",
    type: "shed_digest",
    severity: 5,
    description,
    agent_time: Math.floor(Date.parse(digest.at) / 1000),
    custom_info: {
      handling: "Page_and_ticket",
      environment: "prod",
      rule_id: null,
      rule_name: "overload",
      correlation_id: digest.id,
      team: digest.team,
      event,
      generated: true,
    },
  };
}

function describe({ deferred, dead, sources }: ShedDigest): string {
  const bySeverity = SEVERITIES.map(
    (severity) => [severity, (deferred[severity] ?? 0) + (dead[severity] ?? 0)] as const,
  ).filter(([, events]) => events > 0);
  const severities = bySeverity.map(([severity, events]) => `${events} ${severityName(severity)}`);
  const hosts = sources.map(({ hostname, events }) => `${hostname} (${events})`);
  return (
    `overload: ${total(deferred)} events deferred, ${total(dead)} dead-lettered; ` +
    `by severity: ${severities.join(", ") || "none"}; top sources: ${hosts.join(", ") || "none"}`
  );
}

function total(counts: ShedDigest["dead"]): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
