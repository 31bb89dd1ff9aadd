import { compileRules, type MatchedEvent, type Rule } from "@mutt/rules";

/** What matching costs with one number of rules. */
export interface RuleMatchingRow {
  rules: number;
  compileMs: number;
  /** Median over the rounds, and the fastest round, which other load on the machine disturbs least. */
  microsecondsPerEvent: number;
  fastestMicrosecondsPerEvent: number;
  /** The share of events that some rule matched, 0 to 1. */
  matchedShare: number;
}

const RULE_COUNTS = [1, 10, 100, 1000, 10_000];
const EVENTS = 2000;
const ROUNDS = 25;

const FACILITIES = [
  "LINK",
  "LINEPROTO",
  "OSPF",
  "BGP",
  "SYS",
  "PLATFORM_ENV",
  "SPANTREE",
  "STP",
  "HSRP",
  "ASA",
];
const MNEMONICS = [
  "UPDOWN",
  "ADJCHG",
  "CONFIG_I",
  "FRU_PS_FAIL",
  "TOPOTRAP",
  "STATECHANGE",
  "106023",
  "FAN_LOW",
];
const SERVICES = [
  "nginx",
  "haproxy",
  "mysqld",
  "postgres",
  "sshd",
  "named",
  "dhcpd",
  "kubelet",
  "vault",
  "redis",
];
const FAULTS = [
  "connection refused",
  "timed out",
  "out of memory",
  "disk full",
  "access denied",
  "not reachable",
];
const SITES = ["fra", "ams", "lon", "nyc", "sjc", "sin", "tyo", "syd"];
const ROLES = ["core-sw", "edge-rtr", "fw", "web", "db", "lb", "san", "esx"];

/** What a rule looks for. */
type Condition = Pick<Rule, "match_type" | "match_string" | "trap_oid" | "syslog_severity">;

/** What every site starts with; thousands of specific rules come before them as it grows. */
const GENERAL_CONDITIONS: readonly Condition[] = [
  { match_type: "contains", match_string: "%PLATFORM_ENV-1" },
  { match_type: "contains", match_string: "FRU_PS_FAIL", syslog_severity: 4 },
  { match_type: "contains", match_string: "disk full" },
  { match_type: "contains", match_string: "out of memory" },
  { match_type: "contains", match_string: "changed state to down", syslog_severity: 3 },
  { match_type: "contains", match_string: "fan failure" },
  { match_type: "regex", match_string: "(BGP|OSPF)-[0-4]-ADJCHG" },
  { match_type: "contains", match_string: "temperature above threshold" },
  { match_type: "contains", match_string: "access denied" },
  { match_type: "oid_prefix", trap_oid: "1.3.6.1.4.1.9.9" },
];

/**
 * Measures compiling and matching for growing sets of rules, each containing the smaller ones: 85 %
 * `contains`, 10 % `regex`, 5 % `oid_prefix`; messages of about 120 characters. Takes seconds.
 */
export function measureRuleMatching(): RuleMatchingRow[] {
  const events = createEvents(createRandom(7), EVENTS);
  const rules = createRules(createRandom(1), Math.max(...RULE_COUNTS));
  return RULE_COUNTS.map((count) => measure(rules.slice(0, count), events));
}

/** The rules of the measurement, as a file that is imported holds them; `count` of them. */
export function createMatchedRules(count: number): Rule[] {
  return createRules(createRandom(1), count);
}

function measure(rules: readonly Rule[], events: readonly MatchedEvent[]): RuleMatchingRow {
  const start = performance.now();
  const ruleSet = compileRules(rules);
  const compileMs = performance.now() - start;
  const rounds: number[] = [];
  let matched = 0;
  for (let round = -3; round < ROUNDS; round++) {
    matched = 0;
    const roundStart = performance.now();
    for (const event of events) if (ruleSet.match(event)) matched++;
    // The first rounds warm up: the engine compiles, patterns are compiled on first use.
    if (round >= 0) rounds.push(performance.now() - roundStart);
  }
  rounds.sort((a, b) => a - b);
  const perEvent = (milliseconds = 0) => (milliseconds * 1000) / events.length;
  return {
    rules: rules.length,
    compileMs,
    microsecondsPerEvent: perEvent(rounds[rounds.length >> 1]),
    fastestMicrosecondsPerEvent: perEvent(rounds[0]),
    matchedShare: matched / events.length,
  };
}

interface Random {
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}

/** A repeatable source of chance (the mulberry32 generator). */
function createRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}

function createRules(random: Random, count: number): Rule[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    name: `rule ${i + 1}`,
    ...(GENERAL_CONDITIONS[i] ?? createCondition(random, i)),
    priority: i < GENERAL_CONDITIONS.length ? 1000 + i : random.below(1000),
    prod_handling: "Page_only",
    dev_handling: "Log_only",
    team_assignment: "NETO",
    is_active: true,
  }));
}

function createCondition(random: Random, index: number): Condition {
  // Of twenty rules in a row one is on an OID and two are regular expressions.
  if (index % 20 === 3) return { match_type: "oid_prefix", trap_oid: createOid(random) };
  if (index % 10 === 7) return { match_type: "regex", match_string: createPattern(random) };
  const severity = random.below(3) === 0 ? { syslog_severity: 3 + random.below(3) } : {};
  return { match_type: "contains", match_string: createText(random), ...severity };
}

function createText(random: Random): string {
  switch (random.below(5)) {
    case 0:
      return `${createHost(random)}: %${createMnemonic(random)}`;
    case 1:
      return `${createHost(random)}: Interface ${createInterface(random)}`;
    case 2:
      return `${random.pick(SERVICES)} on ${createHost(random)}: ${random.pick(FAULTS)}`;
    case 3:
      return `Interface ${createInterface(random)} in vlan ${random.below(4096)}`;
    default:
      return `peer ${createAddress(random)} ${random.pick(FAULTS)}`;
  }
}

function createPattern(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `${createHost(random)}: .*%${random.pick(FACILITIES)}-[0-4]-\\w+`;
    case 1:
      return `${random.pick(SERVICES)}\\[\\d+\\] on ${createHost(random)}: .*(${FAULTS.slice(0, 3).join("|")})`;
    case 2:
      return `Interface ${createInterface(random)} in vlan \\d+, changed state to (up|down)\\b`;
    default:
      return `peer ${createAddress(random).replaceAll(".", "\\.")} .* after \\d{4,}\\s?ms`;
  }
}

function createEvents(random: Random, count: number): MatchedEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    message: createMessage(random),
    severity: random.below(8) as MatchedEvent["severity"],
    ...(i % 5 === 0 ? { trap_oid: `${createOid(random)}.${random.below(9)}.0` } : {}),
  }));
}

/** About 120 characters, of the vocabulary that the rules use. */
function createMessage(random: Random): string {
  const host = createHost(random);
  switch (random.below(3)) {
    case 0:
      return `${host}: %${createMnemonic(random)}: Interface ${createInterface(random)} in vlan ${random.below(4096)}, changed state to ${random.pick(["up", "down"])} (reported by ${createHost(random)})`;
    case 1:
      return `${random.pick(SERVICES)}[${random.below(30_000)}] on ${host}: ${random.pick(FAULTS)} while reading from upstream, peer ${createAddress(random)} closed after ${random.below(9999)} ms`;
    default:
      return `${host}: peer ${createAddress(random)} ${random.pick(FAULTS)}, retry ${random.below(9)} of 9 scheduled after ${random.below(9999)} ms by ${random.pick(SERVICES)}`;
  }
}

function createHost(random: Random): string {
  return `${random.pick(SITES)}-${random.pick(ROLES)}-${random.below(40)}`;
}

function createMnemonic(random: Random): string {
  return `${random.pick(FACILITIES)}-${random.below(7)}-${random.pick(MNEMONICS)}`;
}

function createInterface(random: Random): string {
  return `${random.pick(["GigabitEthernet", "TenGigE", "Ethernet"])}${random.below(4)}/${random.below(48)}`;
}

function createAddress(random: Random): string {
  return `10.${random.below(8)}.${random.below(256)}.${random.below(256)}`;
}

function createOid(random: Random): string {
  return `1.3.6.1.4.1.${random.pick([9, 2636, 1139, 6876, 789])}.${random.below(20)}.${random.below(30)}`;
}

if (import.meta.main) console.table(measureRuleMatching());
