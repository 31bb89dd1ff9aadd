// Rule sets, usable and hostile, and events that have something to do with them.
import { HANDLINGS } from "@mutt/rules";
import fc from "fast-check";
import { regex, words } from "./patterns.ts";
import { anyText, jsonText } from "./texts.ts";

/** A rule that is right in everything but, perhaps, its regular expression. */
export interface SoundRule {
  id: number;
  name: string;
  match_type: string;
  match_string?: string;
  trap_oid?: string;
  syslog_severity?: number;
  priority: number;
  prod_handling: string;
  dev_handling: string;
  team_assignment: string;
  is_active: boolean;
}

/** One member of a set: a rule, one with a field that cannot be right, or whatever JSON can say. */
export type RuleCase =
  | { kind: "sound"; rule: SoundRule }
  | { kind: "wrong"; rule: SoundRule; field: string; value: unknown }
  | { kind: "junk"; json: string };

/** A part of a message: text of its own, or of one of the rules. */
type Piece =
  | string
  | { ofRule: number; from: number; length: number; as: "is" | "upper" | "lower" };

/** An event in terms of the rules of its case. */
export interface EventCase {
  pieces: Piece[];
  /** Makes the message longer. */
  times: number;
  severity: number;
  oid: string | { ofRule: number; suffix: string } | undefined;
}

/** A rule set and events. */
export interface RuleSetCase {
  rules: RuleCase[];
  events: EventCase[];
}

const usableText = fc.oneof(
  { weight: 4, arbitrary: words },
  {
    weight: 1,
    arbitrary: anyText.map((text) => text.toWellFormed()).filter((text) => text !== ""),
  },
);

const oid = fc
  .tuple(
    fc.constantFrom("0", "1", "2"),
    fc.array(fc.constantFrom("0", "1", "3", "6", "61", "4294967295"), { maxLength: 6 }),
  )
  .map(([first, arcs]) => [first, ...arcs].join("."));

/** What an OID may be written like. */
const writtenOid = fc
  .tuple(fc.constantFrom("", "", "."), oid, fc.constantFrom("", "", ".*", "."))
  .map((parts) => parts.join(""));

const matching: fc.Arbitrary<Pick<SoundRule, "match_type" | "match_string" | "trap_oid">> =
  fc.oneof(
    fc.record({ match_type: fc.constant("contains"), match_string: usableText }),
    fc.record({ match_type: fc.constant("regex"), match_string: regex.filter(isUsableText) }),
    fc.record({ match_type: fc.constant("oid_prefix"), trap_oid: writtenOid }),
    fc.record({
      match_type: fc.constantFrom("contains", "oid_prefix"),
      match_string: usableText,
      trap_oid: writtenOid,
    }),
  );

const soundRule: fc.Arbitrary<SoundRule> = fc
  .tuple(
    fc.record(
      {
        id: fc.integer({ min: 1, max: 1_000_000_000 }),
        name: fc.constantFrom("Link down", "ü", "r"),
        syslog_severity: fc.nat(7),
        priority: fc.oneof(
          fc.integer({ min: -1, max: 1 }),
          fc.constantFrom(2 ** 31 - 1, 1 - 2 ** 31),
        ),
        prod_handling: fc.constantFrom(...HANDLINGS),
        dev_handling: fc.constantFrom(...HANDLINGS),
        team_assignment: fc.constant("NETO"),
        is_active: fc.integer({ min: 0, max: 7 }).map((number) => number !== 7),
      },
      {
        requiredKeys: [
          "id",
          "name",
          "priority",
          "prod_handling",
          "dev_handling",
          "team_assignment",
          "is_active",
        ],
      },
    ),
    matching,
  )
  .map(([rule, how]) => ({ ...rule, ...how }));

/** Values that a field can never have, whatever the others are. */
const WRONG_VALUES: Record<string, readonly unknown[]> = {
  id: [0, -1, 1.5, "1", null, 2 ** 53, Number.NaN, true, []],
  name: ["", " ", 5, null, "n".repeat(256), {}],
  match_type: ["glob", "", null, 1, ["regex"]],
  match_string: ["", 5, "m".repeat(1025), "half \ud83d", [], {}],
  trap_oid: ["3.1", "1..2", "x", "", "1.3.6.1.x", "1.-3", "1.03", 1.3, {}, `1${".1".repeat(200)}`],
  syslog_severity: [-1, 8, 1.5, "3", {}, Number.POSITIVE_INFINITY],
  priority: [2 ** 31, -(2 ** 31), 0.5, "1", null, {}],
  prod_handling: ["page", "", null, 0, "Page_and_ticket "],
  dev_handling: ["page", "", null, 0],
  team_assignment: ["", "\t", null, 7, "t".repeat(256)],
  is_active: ["yes", 1, null, "true"],
  serverity: [1],
  Id: [1],
};

const wrongRule = fc
  .tuple(
    soundRule,
    fc.constantFrom(
      ...Object.entries(WRONG_VALUES).flatMap(([field, values]) =>
        values.map((value) => ({ field, value })),
      ),
    ),
  )
  .map(([rule, { field, value }]): RuleCase => ({ kind: "wrong", rule, field, value }));

const junk = fc.oneof(
  jsonText,
  fc.tuple(soundRule, anyText, jsonText).map(([rule, name, value]) => {
    const own = JSON.stringify(rule).slice(0, -1);
    return `${own},${JSON.stringify(name)}:${value}}`;
  }),
);

const ruleCase: fc.Arbitrary<RuleCase> = fc.oneof(
  {
    weight: 40,
    arbitrary: soundRule.map((rule): RuleCase => ({ kind: "sound", rule })),
  },
  { weight: 1, arbitrary: wrongRule },
  { weight: 1, arbitrary: junk.map((json): RuleCase => ({ kind: "junk", json })) },
);

const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 2, arbitrary: words },
  { weight: 1, arbitrary: anyText },
  { weight: 1, arbitrary: fc.constantFrom("\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "link down") },
  {
    weight: 4,
    arbitrary: fc.record({
      ofRule: fc.nat(20),
      from: fc.nat(3),
      length: fc.oneof(fc.nat(8), fc.constant(1024)),
      as: fc.constantFrom("is" as const, "upper" as const, "lower" as const),
    }),
  },
);

const event: fc.Arbitrary<EventCase> = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
  times: fc.oneof(
    { weight: 60, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.nat(2000) },
  ),
  severity: fc.nat(7),
  oid: fc.oneof(
    fc.constant(undefined),
    oid,
    fc.record({ ofRule: fc.nat(20), suffix: fc.constantFrom("", ".1", ".0.4294967295", "1", ".") }),
  ),
});

/** Rule sets with events. */
export const ruleSetCase: fc.Arbitrary<RuleSetCase> = fc.record({
  rules: fc.array(ruleCase, { maxLength: 12, size: "max" }),
  events: fc.array(event, { minLength: 1, maxLength: 5, size: "max" }),
});

/** True for a text that a rule may have, so that only the syntax can be wrong. */
function isUsableText(text: string): boolean {
  return text.length >= 1 && text.length <= 1024 && text.isWellFormed();
}
