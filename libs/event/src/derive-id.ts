import { hash } from "node:crypto";

/** Derives an id from parts: the same parts always give the same id (a UUID of version 8, RFC 9562). */
export function deriveId(...parts: readonly (string | number)[]): string {
  const hex = hash("sha256", parts.join("\n"), "hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
