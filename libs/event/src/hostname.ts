import { type EventError, eventError, kindOf } from "./event-error.ts";
import { cleanText } from "./text.ts";

/** The longest host name or source address, in UTF-16 units: DNS allows 253, syslog (RFC 5424) 255. */
const MAX_HOSTNAME_LENGTH = 255;

/**
 * Reads the host name of an event. The sender's address, `source_ip`, stands in for one that is
 * missing, null or empty, as it is in most traps.
 */
export function readHostname(given: Record<string, unknown>): string | EventError {
  const { hostname } = given;
  if (typeof hostname === "string") {
    const name = hostname.trim();
    if (name.length >= 1 && name.length <= MAX_HOSTNAME_LENGTH) return cleanText(name);
    if (name.length > MAX_HOSTNAME_LENGTH)
      return badName("hostname", `has ${name.length} characters`);
  } else if (hostname !== undefined && hostname !== null) {
    return badName("hostname", `is ${kindOf(hostname)}`);
  }
  return readSourceIp(given.source_ip) ?? badName("hostname", `is ${kindOf(hostname)}`);
}

function readSourceIp(value: unknown): string | EventError | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") return badName("source_ip", `is ${kindOf(value)}`);
  const address = value.trim();
  if (address.length <= MAX_HOSTNAME_LENGTH) return address === "" ? undefined : cleanText(address);
  return badName("source_ip", `has ${address.length} characters`);
}

function badName(field: "hostname" | "source_ip", problem: string): EventError {
  const instead = field === "hostname" ? ", or the sender's address as source_ip" : "";
  return eventError(
    field,
    `${field} ${problem}; send text of 1 to ${MAX_HOSTNAME_LENGTH} characters${instead}`,
  );
}
