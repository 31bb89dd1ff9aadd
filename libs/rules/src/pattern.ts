import { RE2JS, RE2JSException } from "re2js";

/**
 * The largest program a pattern may compile to, in RE2 instructions. A search costs at most about
 * this many steps per character: at the limit, the worst patterns took 0.3 s on the longest message
 * (8192 characters). `.{0,250}` takes 501, what people write for log lines seldom over 100.
 */
const MAX_PROGRAM_SIZE = 1000;

/** How much of a refused pattern an error quotes. */
const MAX_QUOTED = 40;

/** What RE2 leaves out because it cannot be matched in linear time, and how each is written. */
const UNSUPPORTED_CONSTRUCTS = [
  [/^\(\?<?[=!]/, "lookaheads and lookbehinds"],
  [/^\\([1-9]|k)/, "backreferences"],
  [/^\(\?>/, "atomic groups"],
  [/^[*+?]\+$/, "possessive quantifiers"],
] as const;

/** A regular expression cannot be used; the message is a phrase that follows the field's name. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/**
 * Compiles a rule's regular expression (RE2 syntax), ignoring case; `.test(text)` searches the text
 * in time linear to its length. Throws PatternError for a pattern that RE2 does not take.
 */
export function compilePattern(pattern: string): RE2JS {
  const compiled = compile(pattern);
  if (compiled.programSize() > MAX_PROGRAM_SIZE) {
    throw new PatternError(
      `is too expensive a regular expression: it compiles to ${compiled.programSize()} steps, the limit is ${MAX_PROGRAM_SIZE}; use smaller repeat counts or fewer alternatives`,
    );
  }
  return compiled;
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    // Anything else is a fault of the engine on this pattern (a stack overflow, say): still the rule's problem.
    const { reason, culprit } = readException(error);
    throw new PatternError(describe(reason, culprit), { cause: error });
  }
}

/** Takes "error parsing regexp: REASON: `CULPRIT`" apart. The culprit may carry the `(?i)` that we put in front. */
function readException(error: unknown): { reason: string; culprit: string } {
  if (!(error instanceof RE2JSException)) return { reason: "it cannot be compiled", culprit: "" };
  const parts = /^error parsing regexp: ([^`]*?)(?:: `(.*)`)?$/s.exec(error.message);
  const culprit = (parts?.[2] ?? "").replace(/^\(\?i\)/, "");
  return { reason: parts?.[1] ?? error.message, culprit };
}

function describe(reason: string, culprit: string): string {
  for (const [syntax, construct] of UNSUPPORTED_CONSTRUCTS) {
    if (syntax.test(culprit)) {
      return `uses ${construct} (${quote(culprit)}), which RE2 leaves out so that every search takes linear time; rewrite it without them, or as several rules`;
    }
  }
  const where = culprit === "" ? "" : ` at ${quote(culprit)}`;
  return `is not a regular expression that RE2 takes (${reason}${where}); see https://github.com/google/re2/wiki/Syntax`;
}

function quote(culprit: string): string {
  return culprit.length <= MAX_QUOTED ? culprit : `${culprit.slice(0, MAX_QUOTED)}…`;
}
