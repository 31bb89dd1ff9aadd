import { readAll } from "./paging.ts";
import { type Answer, addressOf, request, requestBody } from "./request.ts";

/** What becomes of an event that a rule matches; the first three are forwarded. */
export const HANDLINGS = [
  "Page_and_ticket",
  "Page_only",
  "Ticket_only",
  "Log_only",
  "Ignore",
  "Suppress",
] as const;

/** How a rule's text is matched. */
export const MATCH_TYPES = ["contains", "regex", "oid_prefix"] as const;

/** A rule as it is written. */
export interface RuleDraft {
  name: string;
  match_type: (typeof MATCH_TYPES)[number];
  match_string?: string;
  trap_oid?: string;
  syslog_severity?: number;
  priority: number;
  prod_handling: (typeof HANDLINGS)[number];
  dev_handling: (typeof HANDLINGS)[number];
  team_assignment: string;
  is_active: boolean;
}

/** A rule as it is stored. */
export interface Rule extends RuleDraft {
  id: number;
}

/** What became of one rule for one event, and why, in words. */
export interface RuleVerdict {
  rule_id: number;
  rule_name: string;
  priority: number;
  verdict: "selected" | "shadowed" | "no_match" | "inactive";
  reason: string;
}

/** Reads all rules in the order in which they are asked. */
export async function readRules(signal?: AbortSignal): Promise<Rule[]> {
  const rules = await readAll<Rule>("api/v1/rules", signal ? { signal } : {});
  return rules.toSorted((a, b) => a.priority - b.priority || a.id - b.id);
}

/** Reads one rule with the `ETag` that a change of it names. */
export function readRule(id: number): Promise<Answer<Rule>> {
  return request<Rule>(`api/v1/rules/${id}`);
}

/** Makes a rule. */
export function createRule(rule: RuleDraft): Promise<Rule> {
  return requestBody<Rule>("api/v1/rules", { method: "POST", body: rule });
}

/** Writes a rule over the version that `etag` names; status 412 when somebody was faster. */
export function updateRule(id: number, rule: RuleDraft, etag: string | undefined): Promise<Rule> {
  return requestBody<Rule>(`api/v1/rules/${id}`, { method: "PUT", body: rule, ifMatch: etag });
}

/** Removes a rule. */
export function deleteRule(id: number): Promise<void> {
  return requestBody<void>(`api/v1/rules/${id}`, { method: "DELETE" });
}

/** An event to try the rules on. */
export interface TestEvent {
  hostname: string;
  message: string;
  severity?: string;
  trap_oid?: string;
}

/** Which rule an event meets, what becomes of it, and what every rule says to it. */
export interface RuleTest {
  matched: RuleVerdict | null;
  handling: string | null;
  environment: string;
  team: string | null;
  verdicts: RuleVerdict[];
}

/** Asks which rule an event would meet; nothing is sent. */
export function testRules(event: TestEvent): Promise<RuleTest> {
  return requestBody<RuleTest>("api/v1/rules/test", { method: "POST", body: event });
}

/** What an import changes. */
export interface ImportDiff {
  created: Rule[];
  updated: { id: number; before: Rule; after: Rule }[];
  removed: Rule[];
  dev_hosts: { added: string[]; removed: string[] };
  teams: { set: HostTeam[]; removed: string[] };
}

/** Reads a rules file and says what it would change, or makes the change as a whole. */
export function importRules(
  file: string,
  options: { dryRun: boolean; replace: boolean; reason?: string },
): Promise<ImportDiff> {
  return requestBody<ImportDiff>("api/v1/rules/import", {
    method: "POST",
    query: {
      dry_run: options.dryRun ? 1 : undefined,
      replace: options.replace ? 1 : undefined,
      reason: options.reason,
    },
    body: file,
    contentType: "application/yaml",
  });
}

/** Address of the rules as a file. */
export function rulesExport(): string {
  return addressOf("api/v1/rules/export");
}

/** A host with its team. */
export interface HostTeam {
  hostname: string;
  team: string;
}

/** Reads the hosts whose events use `dev_handling`. */
export async function readDevHosts(signal?: AbortSignal): Promise<string[]> {
  const items = await readAll<string | { hostname: string }>(
    "api/v1/dev-hosts",
    signal ? { signal } : {},
  );
  return items.map((item) => (typeof item === "string" ? item : item.hostname));
}

/** Puts a host on the list of development hosts. */
export function addDevHost(hostname: string): Promise<void> {
  return requestBody<void>("api/v1/dev-hosts", { method: "POST", body: { hostname } });
}

/** Takes a host off the list of development hosts. */
export function removeDevHost(hostname: string): Promise<void> {
  return requestBody<void>(`api/v1/dev-hosts/${encodeURIComponent(hostname)}`, {
    method: "DELETE",
  });
}

/** Reads which team hears of a host's events that no rule knows. */
export function readTeams(signal?: AbortSignal): Promise<HostTeam[]> {
  return readAll<HostTeam>("api/v1/teams", signal ? { signal } : {});
}

/** Gives a host a team, in place of the one that it may have. */
export function setTeam({ hostname, team }: HostTeam): Promise<void> {
  return requestBody<void>(`api/v1/teams/${encodeURIComponent(hostname)}`, {
    method: "PUT",
    body: { team },
  });
}

/** Takes a host's team away. */
export function removeTeam(hostname: string): Promise<void> {
  return requestBody<void>(`api/v1/teams/${encodeURIComponent(hostname)}`, { method: "DELETE" });
}

/** Writes several rules in one step: all of them, or none. */
export async function updateRules(rules: readonly Rule[]): Promise<void> {
  if (rules.length === 0) return;
  await importRules(JSON.stringify({ rules }), {
    dryRun: false,
    replace: false,
    reason: "order of the rules",
  });
}
