// Small mistakes in alert rules, each of which the tests of the rules have to notice.
import type { AlertRule } from "@mutt/slo";

/** A rule with one mistake. */
export interface Mutant {
  /** Which mistake. */
  name: string;
  rule: AlertRule;
}

/** A number that is compared or multiplied: no range, no part of a name or of a quoted text. */
const NUMBER = /(?<![\w.:["~=])\d+(?:\.\d+)?(?![\w.\]"])/g;

const COMPARISON = />=|<=|==|!=(?!")|>|<(?!=)/g;

const SET_OPERATION = /\b(and|unless)\b/g;

/** All mistakes that can be made in a rule. */
export function mutantsOf(rule: AlertRule): Mutant[] {
  return [
    ...replaced(rule, NUMBER, numbersInstead),
    ...replaced(rule, COMPARISON, (found) => comparisonsInstead(found, rule.expr)),
    ...replaced(rule, SET_OPERATION, () => ["or"]),
    ...durationMutants(rule),
  ];
}

function numbersInstead(found: string): string[] {
  const number = Number(found);
  return number === 0 ? ["-1"] : [String(number * 1.1), String(number * 0.9)];
}

/** Recorded ratios and extrapolated growth never hit a threshold exactly: there only the direction can be wrong. */
function comparisonsInstead(found: string, expr: string): string[] {
  if (found === "==") return ["!="];
  const isInexact = /\bslo:|\bdelta\(/.test(expr);
  if (found === "<=") return [">"];
  return isInexact ? ["<"] : [">=", "<"];
}

function replaced(
  rule: AlertRule,
  pattern: RegExp,
  instead: (found: string) => string[],
): Mutant[] {
  return [...rule.expr.matchAll(pattern)].flatMap(({ 0: found, index }) =>
    instead(found).map((text) => ({
      name: `${found} becomes ${text} at ${index}`,
      rule: {
        ...rule,
        expr: rule.expr.slice(0, index) + text + rule.expr.slice(index + found.length),
      },
    })),
  );
}

/** Half of a minute or less cannot be told apart by evaluations that are a minute apart. */
function durationMutants(rule: AlertRule): Mutant[] {
  const minutes = Number.parseInt(rule.for ?? "0", 10);
  if (minutes === 0) return [];
  const lengths = minutes > 1 ? [minutes * 2, Math.floor(minutes / 2)] : [minutes * 2];
  return lengths.map((length) => ({
    name: `for ${rule.for} becomes ${length}m`,
    rule: { ...rule, for: `${length}m` },
  }));
}
