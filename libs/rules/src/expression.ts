import type { RE2JS } from "re2js";
import type { AnyOf } from "./literal-sets.ts";
import { compilePattern } from "./pattern.ts";

/** A pattern that is compiled when it is first needed. */
export interface Expression {
  /** Tells whether the pattern matches a message, given as it is and case folded. */
  matches(message: string, folded: string): boolean;
}

/**
 * Wraps a valid pattern and the texts it demands (folded; of each clause one must occur). A message
 * without them is refused before the engine runs, which costs a hundred times more.
 */
export function createExpression(pattern: string, clauses: readonly AnyOf[]): Expression {
  let compiled: RE2JS | undefined;
  return {
    matches(message, folded) {
      for (const clause of clauses) {
        if (!clause.some((text) => folded.includes(text))) return false;
      }
      compiled ??= compilePattern(pattern);
      return compiled.test(message);
    },
  };
}
