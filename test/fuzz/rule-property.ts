// What holds of the rule compiler for every rule set and every event.
import { createRequire } from "node:module";
import { type IngestedEvent, normaliseEvent } from "@mutt/event";
import {
  compileRules,
  type MatchedEvent,
  type Rule,
  type RuleSet,
  RuleSetError,
} from "@mutt/rules";
import fc from "fast-check";
import {
  type EventCase,
  type RuleCase,
  type RuleSetCase,
  ruleSetCase,
  type SoundRule,
} from "./rule-cases.ts";

/** What was tried: it tells whether the property was put to the test at all. */
export interface RuleFuzzCounts {
  sets: number;
  refusedSets: number;
  events: number;
  matches: number;
}

/** The part of the engine's package that is used here. */
interface Engine {
  compile(pattern: string, flags: number): { test(text: string): boolean };
  CASE_INSENSITIVE: number;
}

/** The engine itself, without anything of ours around it: a dependency of the lib, not of the workspace. */
const { RE2JS } = createRequire(new URL("../../libs/rules/package.json", import.meta.url))(
  "re2js",
) as { RE2JS: Engine };

/** Runs `cases` cases; throws what fast-check says of the first that fails, its seed included. */
export function fuzzRules(cases: number, seed?: number): RuleFuzzCounts {
  const counts: RuleFuzzCounts = { sets: 0, refusedSets: 0, events: 0, matches: 0 };
  fc.assert(
    fc.property(ruleSetCase, (set) => checkSet(set, counts)),
    { numRuns: cases, ...(seed === undefined ? {} : { seed }) },
  );
  return counts;
}

function checkSet({ rules, events }: RuleSetCase, counts: RuleFuzzCounts): void {
  counts.sets++;
  const given = rules.map(readRule);
  let compiled: RuleSet;
  try {
    compiled = compileRules(given as Rule[]);
  } catch (error) {
    counts.refusedSets++;
    checkRefusal(error, rules, given);
    return;
  }
  const wrong = rules.find((rule) => rule.kind === "wrong");
  if (wrong !== undefined) throw new Error(`a wrong rule was taken: ${JSON.stringify(wrong)}`);
  const naive = createNaiveMatcher(given as SoundRule[]);
  for (const each of events) {
    const event = makeEvent(each, given as SoundRule[]);
    counts.events++;
    const expected = naive(event)?.id;
    if (expected !== undefined) counts.matches++;
    expectSame("match", compiled.match(event)?.id, { expected, event });
    const selected = compiled.explain(event).find(({ verdict }) => verdict === "selected");
    expectSame("explain", selected?.rule_id, { expected, event });
  }
}

function readRule(rule: RuleCase): unknown {
  if (rule.kind === "junk") return JSON.parse(rule.json);
  return rule.kind === "sound" ? rule.rule : { ...rule.rule, [rule.field]: rule.value };
}

/** A refusal names, for every problem, the rule and the field, and leaves out no rule that is wrong for certain. */
function checkRefusal(error: unknown, rules: RuleCase[], given: unknown[]): void {
  if (!(error instanceof RuleSetError)) throw error;
  const { problems, message } = error;
  if (problems.length === 0) throw new Error("it was refused without a problem");
  const ids = given.map((rule) => (rule as { id?: unknown } | null)?.id);
  for (const { id, field, detail } of problems) {
    const hasId = id === undefined || ids.some((each) => Object.is(each, id));
    if (!hasId) throw new Error(`no rule has the id ${id}: ${detail}`);
    if (detail.trim().length < 5) throw new Error(`nothing is said about ${field}`);
    if (!message.includes(`rule ${id ?? "without id"}`)) throw new Error(`not named: ${message}`);
    const isKnown = field === "" || given.some((rule) => isFieldOf(field, rule));
    if (!isKnown) throw new Error(`no rule has or needs the field ${field}`);
  }
  for (const { rule, field, value } of rules.filter((each) => each.kind === "wrong")) {
    const id = field === "id" ? value : rule.id;
    const isNamed = problems.some(
      (problem) => problem.field === field && (typeof id !== "number" || Object.is(problem.id, id)),
    );
    if (!isNamed) throw new Error(`not refused for ${field}: ${message}`);
  }
  const reasons = problems.filter(({ field }) => field !== "id" && field !== "match_string");
  if (rules.every(({ kind }) => kind === "sound") && reasons.length > 0) {
    throw new Error(`a sound rule was refused: ${message}`);
  }
}

/** Fields that a rule may be told to have. */
const FIELDS: ReadonlySet<string> = new Set<keyof Rule>([
  "id",
  "name",
  "match_type",
  "match_string",
  "trap_oid",
  "syslog_severity",
  "priority",
  "prod_handling",
  "dev_handling",
  "team_assignment",
  "is_active",
]);

function isFieldOf(field: string, rule: unknown): boolean {
  return (
    FIELDS.has(field) || (typeof rule === "object" && rule !== null && Object.hasOwn(rule, field))
  );
}

/** Rules tried one by one, in the plainest way that the documentation allows. */
function createNaiveMatcher(
  rules: readonly SoundRule[],
): (event: MatchedEvent) => SoundRule | undefined {
  const ordered = rules
    .filter((rule) => rule.is_active)
    .toSorted((a, b) => a.priority - b.priority || a.id - b.id)
    .map((rule) => ({ rule, isIn: textTest(rule), arcs: arcsOf(rule.trap_oid) }));
  return ({ message, severity, trap_oid }) =>
    ordered.find(
      ({ rule, isIn, arcs }) =>
        severity <= (rule.syslog_severity ?? 7) &&
        (isIn(message) || (arcs !== undefined && isUnder(arcs, arcsOf(trap_oid)))),
    )?.rule;
}

/** How a rule's text is found; a `contains` by another engine than ours, whose folding of case is the same by its standard. */
function textTest({ match_type, match_string }: SoundRule): (message: string) => boolean {
  if (match_string === undefined) return () => false;
  if (match_type !== "regex") {
    const expression = new RegExp(match_string.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu");
    return (message) => expression.test(message);
  }
  const expression = RE2JS.compile(match_string, RE2JS.CASE_INSENSITIVE);
  return (message) => expression.test(message);
}

function arcsOf(oid: string | undefined): string[] | undefined {
  return oid?.split(".").filter((arc) => arc !== "" && arc !== "*");
}

function isUnder(prefix: readonly string[], arcs: readonly string[] | undefined): boolean {
  return arcs !== undefined && prefix.every((arc, index) => arcs[index] === arc);
}

/** Makes the event as ingest would: clean text, an OID without its leading dot. */
function makeEvent(event: EventCase, rules: readonly SoundRule[]): IngestedEvent {
  const ruleAt = (index: number): SoundRule | undefined => rules[index % Math.max(1, rules.length)];
  const parts = event.pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    const text = (ruleAt(piece.ofRule)?.match_string ?? "none").slice(
      piece.from,
      piece.from + piece.length,
    );
    return piece.as === "is"
      ? text
      : piece.as === "upper"
        ? text.toUpperCase()
        : text.toLowerCase();
  });
  const oid = event.oid;
  const result = normaliseEvent(
    {
      hostname: "h",
      message: parts.join("").repeat(event.times) || "-",
      severity: event.severity,
      trap_oid:
        typeof oid === "object"
          ? readOid(`${arcsOf(ruleAt(oid.ofRule)?.trap_oid)?.join(".")}${oid.suffix}`)
          : readOid(oid),
    },
    { id: "e", correlationId: "c", receivedAtMs: 0 },
  );
  if (!result.ok) throw new Error(result.error.detail);
  return result.event;
}

/** Leaves out what ingest would refuse. */
function readOid(oid: string | undefined): string | undefined {
  return oid !== undefined && /^[0-2](\.(0|[1-9]\d{0,9})){1,127}$/.test(oid) ? oid : undefined;
}

function expectSame(
  what: string,
  found: number | undefined,
  { expected, event }: { expected: number | undefined; event: IngestedEvent },
): void {
  if (found === expected) return;
  const { message, severity, trap_oid } = event;
  const shown = JSON.stringify({ message, severity, trap_oid });
  throw new Error(`${what} gives rule ${found}, one by one it is ${expected}, for ${shown}`);
}
