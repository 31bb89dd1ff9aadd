/** RFC 2578 section 3.5: at most 128 arcs, each at most ten digits, the first 0, 1 or 2. */
const OID = /^[0-2](?:\.(?:0|[1-9]\d{0,9})){0,127}$/;

/** The longest OID as text. */
export const MAX_OID_LENGTH = 1 + 127 * 11;

/** Brings an OID to the form events carry: no blanks around, no leading dot, no trailing `.*` or dot. */
export function normaliseOid(text: string): string {
  return text
    .trim()
    .replace(/^\./, "")
    .replace(/\.\*?$/, "");
}

/** Tells whether a normalised text is an OID: numbers joined by dots, the first one 0, 1 or 2. */
export function isOid(text: string): boolean {
  return OID.test(text);
}

/** Tells whether an OID lies under a prefix, on arc boundaries: `1.3.6` covers `1.3.6.1`, not `1.3.61`. */
export function isUnderOid(oid: string, prefix: string): boolean {
  return oid.startsWith(prefix) && (oid.length === prefix.length || oid[prefix.length] === ".");
}
