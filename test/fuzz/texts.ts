// Texts and JSON that parsers, databases and matchers may stumble over.
import fc from "fast-check";

/** Texts that mean something to somebody on the way. */
const NASTY_TEXTS = [
  "",
  " ",
  "\t\r\n",
  "\0",
  "__proto__",
  "constructor",
  "toString",
  "\ud800",
  "\udc00x",
  "a\ud83d",
  "\ufeff",
  "\u2028",
  "İıſK",
  "ﬀß",
  "💥🔥",
  "e\u0301é",
  "null",
  "-1",
  "(a+)+$",
  "[",
  "\\",
  "%s%n",
  "'\"`;--",
];

/** Any text: printable, any character, any code unit (lone surrogates too), or one that means something. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...NASTY_TEXTS),
);

/** Numbers as no JavaScript program writes them. */
const NUMBER_TEXTS = [
  "1e999",
  "-1e999",
  "1e-999",
  "-0",
  "0.1E+1",
  "123456789012345678901234567890",
  "9007199254740993",
  "-2.2250738585072014e-308",
];

/** Far beyond what is kept of a nest, and short enough to be read in a counterexample. */
const MAX_DEPTH = 2000;

/** The text of any JSON value, with numbers, escapes, names and a depth that `JSON.stringify` never writes. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 80, arbitrary: scalarText() },
    { weight: 20, arbitrary: fc.array(tie("value"), { maxLength: 4 }).map(listText) },
    {
      weight: 20,
      arbitrary: fc.array(fc.tuple(anyText, tie("value")), { maxLength: 4 }).map(objectText),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: MAX_DEPTH }).map((depth) => nest("[", "]", depth)),
    },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max: MAX_DEPTH })
        .map((depth) => nest('{"a":', "}", depth, "1")),
    },
  ),
})).value;

function scalarText(): fc.Arbitrary<string> {
  return fc.oneof(
    anyText.map((text) => JSON.stringify(text)),
    anyText.map(escapeAll),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.constantFrom("null", "true", "false", ...NUMBER_TEXTS),
  );
}

/** A text in quotes with every code unit as `\uXXXX`. */
function escapeAll(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`;
}

/** Writes a JSON array of values that are JSON text already. */
export function listText(values: readonly string[]): string {
  return `[${values.join(",")}]`;
}

/** Writes a JSON object of names and values that are JSON text; a name may come more than once. */
export function objectText(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;
}

function nest(open: string, close: string, depth: number, inside = ""): string {
  return open.repeat(depth) + inside + close.repeat(depth);
}
