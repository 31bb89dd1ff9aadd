import type { z } from "zod";

/** What is wrong with one field of a rule, host or team: the field's name and a phrase that follows it. */
export interface RuleProblem {
  /** Empty when the whole value is wrong, a list where a rule should be, say. */
  field: string;
  detail: string;
}

const MAX_SHOWN = 60;

/** Lists what a failed parse found: the first problem of each field, in the order of the schema. */
export function ruleProblems(error: z.core.$ZodError): RuleProblem[] {
  const problems = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ field: key, detail: issue.message }))
      : [{ field: issue.path.map(String).join("."), detail: issue.message }],
  );
  const first = new Map(problems.toReversed().map((problem) => [problem.field, problem]));
  return problems.filter((problem) => first.get(problem.field) === problem);
}

/** Says what was given: the kind of a value, and the value itself when it is short. */
export function describeGiven(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return `the ${typeof value} ${String(value)}`;
  return value.length <= MAX_SHOWN
    ? `the text ${JSON.stringify(value)}`
    : `a text of ${value.length} characters`;
}

/** The error function of a zod schema: "must be WHAT, not WHAT WAS GIVEN". */
export function mustBe(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) =>
    input === undefined
      ? `is missing; it must be ${what}`
      : `must be ${what}, not ${describeGiven(input)}`;
}

/** Likewise for texts. Files write `trap_oid: 1.3` and mean a text: it says how. */
export function mustBeText(issue: { readonly input?: unknown }): string {
  const cure = typeof issue.input === "number" ? "; put it in quotes" : "";
  return `${mustBe("text")(issue)}${cure}`;
}
