import { foldCase } from "./fold-case.ts";
import type { AnyOf, Demand } from "./literal-sets.ts";
import {
  ANYTHING,
  asClauses,
  either,
  inSequence,
  oneOf,
  optional,
  repeated,
} from "./literal-sets.ts";

/** What a text must contain, folded, for a pattern to match it. */
export interface RequiredLiterals {
  /** Of each clause at least one text must occur. Empty when nothing is certain. */
  readonly clauses: readonly AnyOf[];
  /** True when that is all the pattern says: it matches exactly where its one clause is met. */
  readonly sufficient: boolean;
}

/** How far a pattern has been read. */
interface Reader {
  readonly pattern: string;
  at: number;
  /** False once the pattern asks for more than text: an anchor, a boundary, a case that counts. */
  onlyText: boolean;
}

/** Larger character classes are not spelt out. */
const MAX_CLASS_MEMBERS = 4;

const NOTHING_REQUIRED: RequiredLiterals = { clauses: [], sufficient: false };
const EMPTY: Demand = oneOf([""]);

const CONTROL_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** A closing `?` makes it lazy, which changes where a match ends but not whether there is one. */
const QUANTIFIER = /(?:(?<sign>[*+?])|\{(?<min>0|[1-9]\d*)(?<comma>,(?<max>0|[1-9]\d*)?)?\})\??/y;

/** `\d`, `\pN`, `\p{Greek}` and the like: one character of many. */
const CLASS_ESCAPE = /\\(?:[dDsSwW]|[pP](?:\{[^}]*\}|.))/uy;

/** The pattern uses syntax that this reader does not know, so that nothing is certain. */
class UnknownSyntaxError extends Error {
  override readonly name = "UnknownSyntaxError";
}

/**
 * Finds texts without which an RE2 pattern, ignoring case, cannot match, so that one pass over a
 * message for all rules spares most searches. The pattern must be one that RE2 takes.
 *
 * Conservative: a clause is given only when every match must meet it; syntax that is not understood
 * (`\Q…\E`, octal escapes) gives no clause at all.
 */
export function findRequiredLiterals(pattern: string): RequiredLiterals {
  const reader: Reader = { pattern, at: 0, onlyText: true };
  try {
    const demand = readAlternatives(reader);
    if (reader.at < pattern.length) return NOTHING_REQUIRED;
    const clauses = asClauses(demand);
    const spelledOut = demand.exact !== undefined && clauses.length > 0;
    return { clauses, sufficient: spelledOut && reader.onlyText };
  } catch (error) {
    if (error instanceof UnknownSyntaxError) return NOTHING_REQUIRED;
    throw error;
  }
}

function readAlternatives(reader: Reader): Demand {
  const alternatives = [readSequence(reader)];
  while (take(reader, /\|/y)) alternatives.push(readSequence(reader));
  return alternatives.length === 1 ? (alternatives[0] ?? EMPTY) : either(alternatives);
}

function readSequence(reader: Reader): Demand {
  const parts: Demand[] = [];
  while (reader.at < reader.pattern.length && !"|)".includes(peek(reader))) {
    parts.push(readRepeated(reader));
  }
  return inSequence(parts);
}

function readRepeated(reader: Reader): Demand {
  const part = readPart(reader);
  const quantifier = take(reader, QUANTIFIER)?.groups;
  if (quantifier === undefined) return part;
  const { atLeast, atMost } = readBounds(quantifier);
  if (atMost === 0) return EMPTY;
  if (atLeast === 0) return atMost === 1 ? optional(part) : ANYTHING;
  return atMost === 1 ? part : repeated(part);
}

function readBounds(quantifier: Record<string, string | undefined>) {
  const { sign, min, comma, max } = quantifier;
  if (sign !== undefined) {
    return { atLeast: sign === "+" ? 1 : 0, atMost: sign === "?" ? 1 : Number.POSITIVE_INFINITY };
  }
  const atMost = comma === undefined ? min : (max ?? Number.POSITIVE_INFINITY);
  return { atLeast: Number(min), atMost: Number(atMost) };
}

function readPart(reader: Reader): Demand {
  switch (peek(reader)) {
    case "(":
      return readGroup(reader);
    case "[":
      return readClass(reader);
    case "\\":
      return readEscape(reader);
    case ".":
      reader.at++;
      return ANYTHING;
    case "^":
    case "$":
      reader.at++;
      return assertion(reader);
    default:
      return oneOf([foldCase(readCharacter(reader))]);
  }
}

/** An anchor or boundary matches no text of its own, but the text alone no longer suffices. */
function assertion(reader: Reader): Demand {
  reader.onlyText = false;
  return EMPTY;
}

function readGroup(reader: Reader): Demand {
  // Of the flags only a switched-off `i` changes what a plain text matches. A quantifier after them
  // would apply to what stands before them.
  if (take(reader, /\(\?[imsU]+\)(?![*+?{])/y)) return EMPTY;
  if (take(reader, /\(\?[imsU]*-[imsU]+\)(?![*+?{])/y)) return assertion(reader);
  if (take(reader, /\(\?[imsU]*-[imsU]+:/y)) reader.onlyText = false;
  else if (!take(reader, /\(\?[imsU]*:|\(\?P?<\w+>|\((?!\?)/y)) throw new UnknownSyntaxError();
  const inside = readAlternatives(reader);
  if (!take(reader, /\)/y)) throw new UnknownSyntaxError();
  return inside;
}

function readEscape(reader: Reader): Demand {
  if (take(reader, /\\[AzbB]/y)) return assertion(reader);
  if (take(reader, CLASS_ESCAPE)) return ANYTHING;
  return oneOf([foldCase(readEscapedCharacter(reader))]);
}

function readEscapedCharacter(reader: Reader): string {
  const code = take(reader, /\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/y);
  if (code) return fromCode(Number.parseInt(code[1] ?? code[2] ?? "", 16));
  const control = CONTROL_ESCAPES[take(reader, /\\([afnrtv])/y)?.[1] ?? ""];
  if (control !== undefined) return control;
  const punctuation = take(reader, /\\([!-/:-@[-`{-~])/y)?.[1];
  if (punctuation !== undefined) return punctuation;
  throw new UnknownSyntaxError();
}

/** Half a surrogate pair is a code unit of other characters and no character by itself. */
function fromCode(code: number): string {
  const character = String.fromCodePoint(code);
  if (!character.isWellFormed()) throw new UnknownSyntaxError();
  return character;
}

/** A class is spelt out when it lists a few single characters; else it is anything. */
function readClass(reader: Reader): Demand {
  let few = !take(reader, /\[\^/y);
  if (few) reader.at++;
  const members = new Set<string>();
  do {
    if (take(reader, CLASS_ESCAPE) || take(reader, /\[:\^?\w+:\]/y)) few = false;
    else members.add(foldCase(readMember(reader)));
    if (take(reader, /-(?!\])/y)) {
      // Perhaps the sign of a range, perhaps a plain hyphen: either way the class is not a short list.
      few = false;
    }
  } while (!take(reader, /\]/y));
  return few && members.size <= MAX_CLASS_MEMBERS ? oneOf([...members]) : ANYTHING;
}

function readMember(reader: Reader): string {
  return peek(reader) === "\\" ? readEscapedCharacter(reader) : readCharacter(reader);
}

function readCharacter(reader: Reader): string {
  if (take(reader, /\{\d/y)) throw new UnknownSyntaxError(); // Looks like a count, but is none we know.
  const character = take(reader, /./suy)?.[0];
  if (character === undefined) throw new UnknownSyntaxError();
  return character;
}

function peek(reader: Reader): string {
  return reader.pattern.charAt(reader.at);
}

/** Reads what a sticky expression matches here and moves on; undefined, and no move, when it does not. */
function take(reader: Reader, expression: RegExp): RegExpExecArray | undefined {
  expression.lastIndex = reader.at;
  const match = expression.exec(reader.pattern);
  if (match === null) return undefined;
  reader.at = expression.lastIndex;
  return match;
}
