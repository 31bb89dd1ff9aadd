import { describe, expect, test } from "vitest";
import { MAX_PATTERN_LENGTH, messagePattern } from "./message-pattern.ts";

describe("messagePattern", () => {
  test.each([
    ["numbers", "disk 1 at 98% of 1,234.5 GB", "disk # at #% of # GB"],
    ["interface numbers of any depth", "Interface Gi1/0/24.100, down", "Interface Gi#, down"],
    ["process ids", "sshd[4711]: Connection closed", "sshd[#]: Connection closed"],
    ["IPv4 addresses and ports", "from 192.0.2.7:51234 to 198.51.100.2/443", "from # to #"],
    [
      "IPv6 addresses",
      "peer 2001:db8::1 and ::1 and ::ffff:192.0.2.1 lost",
      "peer # and # and # lost",
    ],
    ["MAC addresses", "00:1b:44:11:3a:b7 001b.4411.3ab7 00-1B-44-11-3A-B7 moved", "# # # moved"],
    ["UUIDs", "vm 6f1c1a34-9a3e-4b8e-8b1a-0123456789ab down", "vm # down"],
    ["hexadecimal", "at 0x7ffe and deadbeef01", "at # and #"],
    ["RFC 3339 times", "2025-11-24T06:01:02.123456+01:00 up", "# up"],
    ["RFC 3164 times", "Nov  4 06:01:02 up since Dec 24 2024 06:01:02", "# up since #"],
    ["clock times", "at 06:01:02", "at #"],
    ["quoted words", `user 'root'@'db.example.net' on "orders"`, "user #@# on #"],
    ["white space", " a \t b\n\nc ", "a b c"],
    ["OIDs inside a message", "1.3.6.1.2.1.2.2.1.8.2=2", "#=#"],
  ])("masks %s", (_name, message, pattern) => {
    expect(messagePattern(message)).toBe(pattern);
  });

  test.each([
    ["a Cisco mnemonic", "%LINK-3-UPDOWN: down", "%LINK-3-UPDOWN: down"],
    ["the number of an ASA message", "%ASA-4-106023: Deny 6", "%ASA-4-106023: Deny #"],
    [
      "the OID of a trap",
      "SNMP trap 1.3.6.1.4.1.9.9.117.2.0.2: 1.3=5",
      "SNMP trap 1.3.6.1.4.1.9.9.117.2.0.2: #=#",
    ],
    [
      "the name of a trap",
      "SNMP trap linkDown (1.3.6.1.6.3.1.1.5.3): x 1",
      "SNMP trap linkDown (1.3.6.1.6.3.1.1.5.3): x #",
    ],
    ["apostrophes", "can't connect, won't retry", "can't connect, won't retry"],
    ["quoted sentences", `says "not here" now`, `says "not here" now`],
    ["names of JSON members", '{"user": "bob", "code":5}', '{"user": #, "code":#}'],
    [
      "words that look hexadecimal",
      "dead:beef:cafe effaced deadbeef std::vector",
      "dead:beef:cafe effaced deadbeef std::vector",
    ],
    ["paths", "/var/log/messages is full", "/var/log/messages is full"],
    ["the state that tells fault from recovery", "state Up", "state Up"],
  ])("keeps %s", (_name, message, pattern) => {
    expect(messagePattern(message)).toBe(pattern);
  });

  test("is the same for its own output, so a pattern can be masked again", () => {
    const pattern = messagePattern("user 'x' from 192.0.2.1 port 22 at Nov  4 06:01:02");
    expect(messagePattern(pattern)).toBe(pattern);
  });

  test("is bounded, and does not depend on how long the masked parts were", () => {
    const of = (digit: string): string => messagePattern(`id ${digit} failed `.repeat(400));
    expect(of("1")).toHaveLength(MAX_PATTERN_LENGTH);
    expect(of("1")).toBe(of("123456789"));
  });

  test("does not end inside a surrogate pair", () => {
    const pattern = messagePattern(`${"x".repeat(MAX_PATTERN_LENGTH - 1)}\u{1F525}`);
    expect(pattern).toBe("x".repeat(MAX_PATTERN_LENGTH - 1));
  });

  test.each([
    ["a"],
    ["1"],
    ["ab1"],
    [":"],
    ["a:"],
    ["1."],
    ["%A"],
    ["%A-1-"],
    ['"a'],
    ["'"],
    ["0x"],
    ["ab-"],
    ["Nov 1 "],
    [" "],
  ])("takes a million characters of %j in its stride", (unit) => {
    const message = unit.repeat(1_000_000 / unit.length);
    expect(messagePattern(`${message}!`).length).toBeLessThanOrEqual(MAX_PATTERN_LENGTH);
  });
});
