import { z } from "zod";
import { isOid, MAX_OID_LENGTH, normaliseOid } from "./oid.ts";
import { compilePattern, PatternError } from "./pattern.ts";
import { describeGiven, mustBe, mustBeText } from "./rule-problems.ts";

/** What becomes of an event that a rule matches; the first three are forwarded, the others only counted. */
export const HANDLINGS = [
  "Page_and_ticket",
  "Page_only",
  "Ticket_only",
  "Log_only",
  "Ignore",
  "Suppress",
] as const;

export type Handling = (typeof HANDLINGS)[number];

/** How a rule's text is matched. A rule's OID is always a prefix, whatever this says. */
export const MATCH_TYPES = ["contains", "regex", "oid_prefix"] as const;

export type MatchType = (typeof MATCH_TYPES)[number];

const FORWARDED: ReadonlySet<Handling> = new Set(["Page_and_ticket", "Page_only", "Ticket_only"]);

/** In UTF-16 code units, an eighth of the longest message. */
const MAX_MATCH_STRING = 1024;

/** Large enough for any numbering scheme, small enough for every database's integer. */
const MAX_PRIORITY = 2 ** 31 - 1;

const OPTIONAL_FIELDS = ["id", "match_string", "trap_oid", "syslog_severity"];

const ID = z.int({ error: mustBe("a whole number") }).min(1, { error: mustBe("1 or more") });
const HANDLING = z.enum(HANDLINGS, { error: mustBe(`one of ${HANDLINGS.join(", ")}`) });

const FIELDS = {
  name: line(255),
  match_type: z.enum(MATCH_TYPES, { error: mustBe(`one of ${MATCH_TYPES.join(", ")}`) }),
  match_string: boundedText(MAX_MATCH_STRING)
    .min(1, { error: "must not be empty; leave the field out for a rule on the OID alone" })
    .refine((text) => text.isWellFormed(), {
      error: "holds half a surrogate pair, which no message contains; write the whole character",
    })
    .exactOptional(),
  trap_oid: boundedText(MAX_OID_LENGTH)
    .overwrite(normaliseOid)
    .refine(isOid, { error: mustBe("an OID: numbers joined by dots, such as 1.3.6.1.6.3.1.1.5") })
    .exactOptional(),
  syslog_severity: z
    .int({ error: mustBe("a whole number from 0 to 7") })
    .min(0, { error: mustBe("0 to 7") })
    .max(7, { error: mustBe("0 to 7") })
    .exactOptional(),
  priority: z
    .int({ error: mustBe("a whole number") })
    .min(-MAX_PRIORITY, { error: mustBe(`${-MAX_PRIORITY} or more`) })
    .max(MAX_PRIORITY, { error: mustBe(`${MAX_PRIORITY} or less`) })
    .default(100),
  prod_handling: HANDLING,
  dev_handling: HANDLING,
  team_assignment: line(255),
  is_active: z.boolean({ error: mustBe("true or false") }).default(true),
};

/**
 * A rule as it is stored and matched.
 *
 * `match_type` says how `match_string` is found in the message: `contains` as a part of it, `regex`
 * as an RE2 expression; both ignore case. `trap_oid` matches the event's OID when it equals it or
 * lies under it, on arc boundaries, whatever the type. A rule may have both, and either can match;
 * an `oid_prefix` rule needs the OID, and a text beside it is matched as `contains` does.
 * `syslog_severity` narrows both to events of that severity and worse (a number not above it).
 *
 * A null in an optional field counts as absent. The OID loses its leading dot and a trailing `.*`.
 * Any field that is not one of these is refused by name.
 */
export const RuleSchema = whole({ id: ID, ...FIELDS });

/** A rule to be created or imported: as RuleSchema, but the id may be missing, to be given by the store. */
export const RuleDraftSchema = whole({ id: ID.exactOptional(), ...FIELDS });

export type Rule = z.infer<typeof RuleSchema>;
export type RuleDraft = z.infer<typeof RuleDraftSchema>;

/** Tells whether alerts with this handling go to the incident platform. */
export function isForwarded(handling: Handling): boolean {
  return FORWARDED.has(handling);
}

/** Builds the schema of a whole rule from its fields: nulls dropped, unknown fields refused, fields checked against each other. */
function whole<Shape extends z.core.$ZodShape>(fields: Shape) {
  const names = Object.keys(fields).join(", ");
  const schema = z.strictObject(fields, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `is not a field of a rule; the fields are ${names}`
        : `must be an object with the fields of a rule, not ${describeGiven(issue.input)}`,
  });
  // `when`: with a wrong field elsewhere the texts are still checked, so that one answer lists every problem.
  const checked = schema.check(z.superRefine(checkTexts, { when: () => true }));
  return z.preprocess(dropNulls, checked);
}

function dropNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.filter(([name, field]) => (field ?? null) !== null || !OPTIONAL_FIELDS.includes(name)),
  );
}

/** Checks the fields that say what a rule matches against each other; fields of a wrong type are left to their own check. */
function checkTexts(rule: unknown, context: z.core.$RefinementCtx): void {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return;
  const { match_type, match_string, trap_oid } = rule as Record<string, unknown>;
  if (match_string === undefined && trap_oid === undefined) {
    refuse(
      context,
      "match_string",
      "is missing; give match_string, trap_oid or both, since this rule would match nothing",
    );
  } else if (match_type === "oid_prefix" && trap_oid === undefined) {
    refuse(
      context,
      "trap_oid",
      "is missing; match_type oid_prefix needs it (for a text alone use contains or regex)",
    );
  }
  if (match_type !== "regex" || typeof match_string !== "string") return;
  if (match_string.length > MAX_MATCH_STRING) return; // Already refused, and compiling it would cost.
  try {
    compilePattern(match_string);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    refuse(context, "match_string", error.message);
  }
}

function refuse(context: z.core.$RefinementCtx, field: string, message: string): void {
  context.addIssue({ code: "custom", path: [field], message });
}

function boundedText(max: number): z.ZodString {
  return z.string({ error: mustBeText }).max(max, {
    error: ({ input }) => `is ${String(input).length} characters long; the limit is ${max}`,
  });
}

/** A text of one line's worth: blanks around it are dropped, and something must be left. */
function line(max: number): z.ZodString {
  return boundedText(max).trim().min(1, { error: "must not be empty" });
}
