/**
 * Code units that can have a simple case folding lie outside these blocks: CJK and Yi, Hangul,
 * surrogates and private use. Leaving them out makes the table three times cheaper to fill.
 */
const CASELESS_BLOCKS = [
  [0x2e80, 0xa640],
  [0xac00, 0xfb00],
] as const;

/**
 * Where `lower(upper(c))` differs from Unicode's simple case folding (CaseFolding.txt, status C and
 * S): the dotless i stays itself, and three pairs whose capitals are several characters long.
 */
const FOLDING_EXCEPTIONS = new Map([
  ["\u0131", "\u0131"],
  ["\u1fd3", "\u0390"],
  ["\u1fe3", "\u03b0"],
  ["\ufb05", "\ufb06"],
]);

const NOT_ASCII = /[^\0-\x7f]/;
const SURROGATE = /[\ud800-\udfff]/;

/**
 * Maps every UTF-16 code unit to its folded code unit, for reading texts without copying them.
 * Surrogates map to themselves; see `hasSurrogates`.
 */
export const FOLDED_CODE_UNITS: Uint16Array = createFoldedCodeUnits();

/**
 * Folds case so that two texts are equal afterwards when they differ in case alone.
 *
 * This is Unicode's simple case folding, character by character and of unchanged length: exactly
 * what RE2's `(?i)` does, so `contains` and `regex` ignore case in the same way. Hence `ſ` equals
 * `s` and the Kelvin sign equals `k`, while `ß` does not equal `ss` and `İ` does not equal `i`.
 * Texts are not normalised: a composed and a decomposed `é` differ.
 */
export function foldCase(text: string): string {
  if (!NOT_ASCII.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

/** Tells whether a text holds characters beyond the Basic Multilingual Plane, which take two code units. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

function foldCharacter(character: string): string {
  const exception = FOLDING_EXCEPTIONS.get(character);
  if (exception !== undefined) return exception;
  const upper = ofSameLength(character.toUpperCase(), character);
  return ofSameLength(upper.toLowerCase(), upper);
}

/** Full case mappings may lengthen a text (`ß` to `SS`); simple folding has none of those. */
function ofSameLength(mapped: string, original: string): string {
  return mapped.length === original.length ? mapped : original;
}

function createFoldedCodeUnits(): Uint16Array {
  const folded = new Uint16Array(0x10000);
  for (let unit = 0; unit < folded.length; unit++) {
    folded[unit] = isCaseless(unit) ? unit : foldCharacter(String.fromCharCode(unit)).charCodeAt(0);
  }
  return folded;
}

function isCaseless(unit: number): boolean {
  return CASELESS_BLOCKS.some(([start, end]) => unit >= start && unit < end);
}
