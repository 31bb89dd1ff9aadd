// Texts and regular expressions of rules: usual ones, wrong ones, and those that engines choke on.
import fc from "fast-check";

/** Few letters, so that rules and messages meet; with those whose case is not a matter of ASCII. */
const LETTERS = [
  ..."abkKsSxX01 -_%",
  "ſ",
  "ß",
  "İ",
  "ı",
  "σ",
  "ς",
  "Σ",
  "é",
  "\u212a",
  "🔥",
  "\u{10400}",
];

const ATOMS = [
  ...[..."abkKsSx01"],
  ..."ſ İ ı ς Σ é 🔥 \u{10428} \u212a".split(" "),
  ...[".", "^", "$", "\\b", "\\B", "\\A", "\\z", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S"],
  ...["\\pL", "\\p{Greek}", "\\PN", "\\x41", "\\x{212a}", "\\.", "\\n", "\\t", "\\\\", "\\Q+a\\E"],
  ...[
    "[ab]",
    "[^a]",
    "[k-s]",
    "[[:alpha:]]",
    "[a\\]b-]",
    "[\\d_]",
    "[ſk]",
    "[^\\n]",
    "[]a]",
    "[a-]",
  ],
  ...["(?i)", "(?-i)", "(?s)", "(?m)", "(?U)", "{", "}", "]", "-", "{,2}", "{2", "\\077", "\\a"],
];

/** Constructs that RE2 does not take, or that no engine should. */
const REFUSED_ATOMS = [
  ...["(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "\\1", "\\k<n>", "(?>a)", "a++", "(?P=n)", "(?#x)"],
  ...[
    "(",
    ")",
    "[",
    "[z-a]",
    "*",
    "\\",
    "\\8",
    "(?z)",
    "\\p{Nope}",
    "\\x{110000}",
    "\\x{d800}",
    "\\u0041",
  ],
];

const QUANTIFIERS = [
  "*",
  "+",
  "?",
  "*?",
  "+?",
  "??",
  "{0}",
  "{1}",
  "{2}",
  "{0,2}",
  "{1,}",
  "{2,3}?",
];
const HUGE_QUANTIFIERS = [
  "{100}",
  "{0,250}",
  "{1000}",
  "{1001}",
  "{999999999999}",
  "{1,999}",
  "{500,}",
];

/** Patterns that make a backtracking engine take for ever. */
const CATASTROPHES = [
  "(a+)+$",
  "(a|aa)+$",
  "(a|a?)+$",
  "(.*)*x",
  "(x+x+)+y",
  "^(([a-z])+.)+[A-Z]([a-z])+$",
  "((a{1,30}){1,30}){1,30}",
  "(a?){100}a{100}",
  ".*.*.*.*.*x",
];

const pattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 120, arbitrary: fc.constantFrom(...ATOMS) },
    { weight: 1, arbitrary: fc.constantFrom(...REFUSED_ATOMS) },
    {
      weight: 60,
      arbitrary: fc
        .array(tie("pattern"), { minLength: 2, maxLength: 4 })
        .map((parts) => parts.join("")),
    },
    {
      weight: 20,
      arbitrary: fc
        .array(tie("pattern"), { minLength: 2, maxLength: 4 })
        .map((parts) => parts.join("|")),
    },
    {
      weight: 30,
      arbitrary: fc
        .tuple(fc.constantFrom("(", "(?:", "(?i:", "(?-i:", "(?P<n>", "(?s:"), tie("pattern"))
        .map(([open, inside]) => `${open}${inside})`),
    },
    {
      weight: 30,
      arbitrary: fc
        .tuple(
          tie("pattern"),
          fc.oneof(
            { weight: 200, arbitrary: fc.constantFrom(...QUANTIFIERS) },
            { weight: 10, arbitrary: fc.constantFrom(...HUGE_QUANTIFIERS) },
          ),
        )
        .map(([inside, quantifier]) =>
          inside.length === 1 ? inside + quantifier : `(?:${inside})${quantifier}`,
        ),
    },
  ),
})).pattern;

/** Short texts of a few letters. */
export const words = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 8 })
  .map((all) => all.join(""));

/** Regular expressions, some of them not. */
export const regex = fc.oneof(
  { weight: 120, arbitrary: pattern },
  { weight: 20, arbitrary: words.map((text) => text.replace(/[{}]/g, "")) },
  { weight: 10, arbitrary: fc.constantFrom(...CATASTROPHES) },
  { weight: 3, arbitrary: fc.nat(400).map((depth) => `${"(".repeat(depth)}a${")".repeat(depth)}`) },
  { weight: 3, arbitrary: fc.nat(1000).map((times) => "a|".repeat(times / 2)) },
);
