import { type Document, isScalar, parseDocument, visit } from "yaml";

/** The value that a text stands for, or what is wrong with the text. */
export type ParsedText = { value: unknown } | { errors: string[] };

/** The first errors of a text are the useful ones; what follows is mostly their consequence. */
const MAX_ERRORS = 5;

/** How often aliases may multiply what they stand for; a bomb needs millions. */
const MAX_ALIASES = 100;

/**
 * Reads JSON or YAML 1.2. Aliases are followed as far as they do no harm; in YAML, repeated keys,
 * unknown tags and keys that are not text are errors.
 */
export function parseStructuredText(text: string): ParsedText {
  try {
    return startsAsJson(text) ? { value: JSON.parse(text) } : parseYaml(text);
  } catch (error) {
    // Not only syntax: nesting too deep for the stack and alias bombs end up here too.
    return { errors: [firstLine(error instanceof Error ? error.message : String(error))] };
  }
}

/** Tells whether a text starts with a brace or a bracket, and so is read as JSON. */
export function startsAsJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

function parseYaml(text: string): ParsedText {
  // The library's own check for repeated keys takes time quadratic in their number.
  const document = parseDocument(text, { stringKeys: true, uniqueKeys: false });
  const faults = [...document.errors, ...document.warnings].map(({ code, message }) =>
    code === "MULTIPLE_DOCS" ? "several documents (`---`) in one file" : firstLine(message),
  );
  const errors = faults.length > 0 ? faults : findRepeatedKeys(document);
  if (errors.length > 0) return { errors: errors.slice(0, MAX_ERRORS) };
  return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
}

function findRepeatedKeys(document: Document): string[] {
  const errors: string[] = [];
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name))
          errors.push(`the key ${JSON.stringify(name)} stands twice in one object`);
        seen.add(name);
      }
    },
  });
  return errors;
}

/** The library's messages continue with an excerpt of the text. */
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/:$/, "");
}
