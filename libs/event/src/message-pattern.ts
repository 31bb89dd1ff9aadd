import { cutText } from "./text.ts";
import { TRAP_MESSAGE_START } from "./trap.ts";

/** The longest pattern, in UTF-16 units: what tells two kinds of message apart stands further in front. */
export const MAX_PATTERN_LENGTH = 256;

/** What of a message is looked at; only errors of this system can be longer. */
const MAX_LOOKED_AT = 8192;

/**
 * The message with its variable parts written as `#` and white space as one blank, so that messages
 * of one kind become equal. Variable are numbers (also joined, as in 0/1, 192.0.2.1, 12:30:05 and
 * OIDs), times, IPv6 and MAC addresses, UUIDs, hexadecimal words of 8 or more digits, and quoted words.
 *
 * Kept are a Cisco mnemonic (`%LINK-3-UPDOWN`) and the OID at the start of a trap's message, which name
 * the kind; paths and names, which say what is broken; the names of JSON members. The time taken is
 * linear in the length of the message: no repetition below is inside another without a small bound.
 */
export function messagePattern(message: string): string {
  const text = cutText(message, MAX_LOOKED_AT);
  const head = text.startsWith(TRAP_MESSAGE_START) ? (TRAP_HEAD.exec(text)?.[0] ?? "") : "";
  const masked = text.slice(head.length).trim().replace(VARIABLE, maskPart);
  return cutText(head + masked, MAX_PATTERN_LENGTH);
}

const TRAP_HEAD = new RegExp(String.raw`^${TRAP_MESSAGE_START}(?:\w+ \([\d.]+\)|[\d.]+)`);

const HEX = "[0-9a-fA-F]";
const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";

/** The parts to look at, the longer before the shorter ones they contain. */
const VARIABLE = new RegExp(
  [
    String.raw`\s+`,
    `%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+){0,4}-[0-7]-[A-Z0-9_]+`,
    String.raw`(?<![\w"])"[^"\s]{1,64}"(?!\s?:)`,
    String.raw`(?<!\w)'[^'\s]{1,64}'(?!\w)`,
    String.raw`(?<!\w)${HEX}{8}-(?:${HEX}{4}-){3}${HEX}{12}(?!\w)`,
    String.raw`(?<!\w)${HEX}{2}(?:[:-]${HEX}{2}){5,7}(?!\w)`,
    String.raw`(?<!\w)${HEX}{4}\.${HEX}{4}\.${HEX}{4}(?!\w)`,
    String.raw`(?<!\w)\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:[Zz]|[+-]\d\d:?\d\d)?`,
    String.raw`(?<!\w)${MONTH}\s{1,2}\d{1,2}(?:\s\d{4})?\s\d\d:\d\d:\d\d(?:\.\d+)?`,
    String.raw`(?<![\w:.])(?:${HEX}{0,4}:){2,7}${HEX}{0,4}(?:(?:\.\d{1,3}){3})?(?!\w)`,
    String.raw`(?<!\w)0x${HEX}+`,
    `(?<![0-9A-Za-z])${HEX}{8,}(?![0-9A-Za-z])`,
    String.raw`\d+(?:[.,:/]\d+)*`,
  ].join("|"),
  "g",
);

function maskPart(part: string): string {
  if (part.startsWith("%")) return part;
  if (part.trim() === "") return " ";
  // Words of the letters a to f, and the two colons of a namespace, look like hexadecimal.
  return /\d|::|^["']/.test(part) ? "#" : part;
}
