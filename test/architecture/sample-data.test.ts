import { readFileSync } from "node:fs";
import { type IngestedEvent, normaliseEvent, parseIngestBody, readSeverity } from "@mutt/event";
import { compileRules, HANDLINGS, MATCH_TYPES, parseRulesFile, type Rule } from "@mutt/rules";
import { describe, expect, test } from "vitest";

type Sample = Record<string, unknown>;

const EVENTS = readSamples("events");
const TRAPS = readSamples("traps");
const FILE = parseRulesFile(readData("rules.yaml"));
const RULES = FILE.rules.map((rule, index): Rule => ({ ...rule, id: rule.id ?? index + 1 }));
const RULE_SET = compileRules(RULES);
const DEV_HOSTS = new Set(FILE.dev_hosts);

function readData(name: string): string {
  return readFileSync(new URL(`../data/${name}`, import.meta.url), "utf8");
}

function readSamples(name: string): Sample[] {
  return JSON.parse(readData(`${name}.json`));
}

function normalise(sample: Sample): IngestedEvent {
  const receivedAtMs = Date.parse("2025-11-24T06:10:00Z");
  const result = normaliseEvent(sample, { id: "id", correlationId: "correlation", receivedAtMs });
  if (!result.ok) throw new Error(`${result.error.detail}: ${JSON.stringify(sample)}`);
  return result.event;
}

describe.each(["events", "traps"])("%s.ndjson", (name) => {
  test("holds the same as the JSON array", () => {
    const items = readSamples(name).map((value) => ({ value }));
    expect(parseIngestBody(readData(`${name}.ndjson`), "ndjson")).toEqual({ kind: "list", items });
  });
});

describe("the sample events", () => {
  test("are at least 70, all distinct, of more than a dozen device families", () => {
    expect(EVENTS.length).toBeGreaterThanOrEqual(70);
    expect(new Set(EVENTS.map((event) => event.message)).size).toBe(EVENTS.length);
    expect(new Set(EVENTS.map((event) => event.source_type)).size).toBeGreaterThan(12);
  });

  test("are all taken by ingest, with every severity among them", () => {
    const severities = EVENTS.map((event) => normalise(event).severity);
    expect([...new Set(severities)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("hold one stamp and one severity that cannot be read, and no other", () => {
    const events = EVENTS.map(normalise);
    expect(events.filter((event) => event.timestamp_given !== undefined)).toHaveLength(1);
    const given = EVENTS.map((event) => event.syslog_severity ?? event.severity);
    expect(given.filter((value) => readSeverity(value) === undefined)).toHaveLength(1);
  });

  test("write severities as numbers, as digits and as names", () => {
    const given = EVENTS.map((event) => event.syslog_severity ?? event.severity);
    expect(given).toEqual(expect.arrayContaining([3, "3", "err", "Error", "LOG_NOTICE", "Major"]));
  });
});

describe("the sample traps", () => {
  test("are at least 24, all with an address and an OID", () => {
    expect(TRAPS.length).toBeGreaterThanOrEqual(24);
    for (const trap of TRAPS) {
      expect(trap).toMatchObject({ source_ip: expect.any(String), trap_oid: expect.any(String) });
    }
  });

  test("are all taken by ingest, each with a message made of it", () => {
    const messages = TRAPS.map((trap) => normalise(trap).message);
    expect(messages.filter((message) => !message.startsWith("SNMP trap "))).toEqual([]);
  });

  test("come with and without leading dot, host name and variables", () => {
    const dotted = TRAPS.filter((trap) => String(trap.trap_oid).startsWith("."));
    const named = TRAPS.filter((trap) => "hostname" in trap);
    const bare = TRAPS.filter((trap) => !("variables" in trap));
    for (const some of [dotted, named, bare]) {
      expect(some.length).toBeGreaterThan(0);
      expect(some.length).toBeLessThan(TRAPS.length);
    }
  });
});

describe("the sample rules", () => {
  const outcomes = [...EVENTS, ...TRAPS].map((sample) => {
    const event = normalise(sample);
    const rule = RULE_SET.match(event);
    const handling = DEV_HOSTS.has(event.hostname) ? rule?.dev_handling : rule?.prod_handling;
    return { rule, handling, hostname: event.hostname };
  });

  test("match 80 to 95 percent of the samples", () => {
    const share = outcomes.filter(({ rule }) => rule !== undefined).length / outcomes.length;
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(0.95);
  });

  test("come to every handling at least once", () => {
    expect(new Set(outcomes.map(({ handling }) => handling))).toEqual(
      new Set([...HANDLINGS, undefined]),
    );
  });

  test("are each the first match of some sample, if they are active", () => {
    const selected = new Set(outcomes.map(({ rule }) => rule?.id));
    const idle = RULES.filter((rule) => rule.is_active && !selected.has(rule.id));
    // The one exception is for the alert that `npm start` sends.
    expect(idle.map((rule) => rule.name)).toEqual(["MUTT self-test"]);
  });

  test("show every match type, an inactive rule, several teams, and samples from dev hosts", () => {
    expect(new Set(RULES.map((rule) => rule.match_type))).toEqual(new Set(MATCH_TYPES));
    expect(RULES.some((rule) => !rule.is_active)).toBe(true);
    expect(new Set(RULES.map((rule) => rule.team_assignment)).size).toBeGreaterThan(2);
    const hostnames = new Set(outcomes.map(({ hostname }) => hostname));
    expect(FILE.dev_hosts.filter((host) => !hostnames.has(host))).toEqual([]);
    expect(FILE.teams.filter(({ hostname }) => !hostnames.has(hostname))).toEqual([]);
  });
});

test("the samples name documentation addresses and example.net hosts alone", () => {
  const text = [EVENTS, TRAPS, RULES].map((samples) => JSON.stringify(samples)).join("\n");
  const addresses = text.match(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g) ?? [];
  const documentation = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^0\.0\.0\.0$/;
  expect(addresses.filter((address) => !documentation.test(address))).toEqual([]);
  const hosts = [...EVENTS, ...TRAPS].flatMap((sample) => sample.hostname ?? []);
  expect(hosts.filter((host) => !String(host).endsWith(".example.net"))).toEqual([]);
});
