/** Where a text stops being JSON and what was wrong there. */
export interface JsonError {
  /** Offset in UTF-16 units. */
  position: number;
  problem: string;
}

/**
 * Finds the first place where a text is not JSON; undefined when it is. The engine's own message
 * leaves out the place for some mistakes and quotes the text for others. Neither deep nesting nor
 * length overflows the stack.
 */
export function findJsonError(text: string): JsonError | undefined {
  const scan: Scan = { text, position: 0, open: [], expects: "value" };
  for (;;) {
    while (isSpace(text.charCodeAt(scan.position))) scan.position += 1;
    if (scan.position >= text.length) break;
    const problem = step(scan);
    if (problem !== undefined) return { position: scan.position, problem };
  }
  if (scan.expects === "end") return undefined;
  return { position: text.length, problem: "the text ends too early" };
}

type Expected = "value" | "value or ]" | "name" | "name or }" | "colon" | "comma or end" | "end";

interface Scan {
  text: string;
  position: number;
  /** The brackets that are open, outermost first. */
  open: ("{" | "[")[];
  expects: Expected;
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Reads one token; leaves the position on the mistake when there is one. */
function step(scan: Scan): string | undefined {
  const character = scan.text[scan.position];
  switch (scan.expects) {
    case "value":
      return readValue(scan);
    case "value or ]":
      return character === "]" ? close(scan) : readValue(scan);
    case "name":
    case "name or }":
      if (character === "}" && scan.expects === "name or }") return close(scan);
      if (character !== '"') return 'expected a name in double quotes or "}"';
      scan.expects = "colon";
      return readText(scan);
    case "colon":
      return take(scan, ":", "value");
    case "comma or end":
      return readComma(scan);
    case "end":
      return "expected nothing more after the value";
  }
}

function readValue(scan: Scan): string | undefined {
  const character = scan.text[scan.position];
  if (character === "{" || character === "[") {
    scan.open.push(character);
    return take(scan, character, character === "{" ? "name or }" : "value or ]");
  }
  scan.expects = afterValue(scan);
  if (character === '"') return readText(scan);
  SCALAR.lastIndex = scan.position;
  if (!SCALAR.test(scan.text)) return "expected a JSON value";
  scan.position = SCALAR.lastIndex;
  return undefined;
}

function readComma(scan: Scan): string | undefined {
  const bracket = scan.open.at(-1);
  const closing = bracket === "{" ? "}" : "]";
  if (scan.text[scan.position] === closing) return close(scan);
  return take(scan, ",", bracket === "{" ? "name" : "value", `expected "," or "${closing}"`);
}

function take(
  scan: Scan,
  character: string,
  expects: Expected,
  problem = `expected "${character}"`,
): string | undefined {
  if (scan.text[scan.position] !== character) return problem;
  scan.position += 1;
  scan.expects = expects;
  return undefined;
}

function close(scan: Scan): undefined {
  scan.position += 1;
  scan.open.pop();
  scan.expects = afterValue(scan);
}

function afterValue(scan: Scan): Expected {
  return scan.open.length === 0 ? "end" : "comma or end";
}

function readText(scan: Scan): string | undefined {
  const { text } = scan;
  let at = scan.position + 1;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      scan.position = at + 1;
      return undefined;
    }
    if (unit < FIRST_PRINTABLE) {
      scan.position = at;
      return "a line break or other control character inside text must be escaped, as in \\n";
    }
    if (unit !== BACKSLASH) continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) {
      scan.position = at;
      return "no such escape; a backslash is written \\\\";
    }
    at = ESCAPE.lastIndex - 1;
  }
  return "text without its closing quote";
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
