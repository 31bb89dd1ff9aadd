import { describe, expect, test } from "vitest";
import type { IngestedEvent } from "./event.ts";
import { type IngestContext, normaliseEvent } from "./normalise-event.ts";

const CONTEXT: IngestContext = {
  id: "evt-1",
  correlationId: "corr-1",
  receivedAtMs: Date.parse("2025-11-24T06:01:05.250Z"),
};
const RECEIVED = "2025-11-24T06:01:05.250Z";
const ORDINARY = { hostname: "sw1.example.net", message: "link down" };

/** The event made of a value, after a trip through JSON as every request makes one. */
function accept(raw: unknown): IngestedEvent {
  const result = normaliseEvent(JSON.parse(JSON.stringify(raw)), CONTEXT);
  if (!result.ok) throw new Error(result.error.detail);
  return result.event;
}

function refuse(raw: unknown): { field: string; detail: string } {
  const result = normaliseEvent(raw, CONTEXT);
  if (result.ok) throw new Error("accepted");
  expect(result.error.status).toBe(400);
  return result.error;
}

describe("normaliseEvent", () => {
  test("turns a syslog event into the common shape", () => {
    const raw = {
      hostname: "sw1.example.net",
      timestamp: "2025-11-24T07:01:02.1234567+01:00",
      message: "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
      syslog_severity: "Error",
      facility: "local7",
    };
    expect(normaliseEvent(raw, CONTEXT)).toEqual({
      ok: true,
      maxBytes: expect.any(Number),
      event: {
        id: "evt-1",
        correlation_id: "corr-1",
        hostname: "sw1.example.net",
        message: "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
        severity: 3,
        severity_given: "Error",
        timestamp: "2025-11-24T06:01:02.123Z",
        received_at: RECEIVED,
        attributes: { facility: "local7" },
      },
    });
  });

  test("turns a trap without host name and message into the same shape", () => {
    const variables = [{ oid: "1.3.6.1.2.1.2.2.1.1.2", value: 2 }];
    const raw = {
      source_ip: "192.0.2.7",
      trap_oid: ".1.3.6.1.6.3.1.1.5.3",
      variables,
      severity: 3,
    };
    expect(accept(raw)).toEqual({
      id: "evt-1",
      correlation_id: "corr-1",
      hostname: "192.0.2.7",
      message: "SNMP trap linkDown (1.3.6.1.6.3.1.1.5.3): 1.3.6.1.2.1.2.2.1.1.2=2",
      severity: 3,
      timestamp: RECEIVED,
      received_at: RECEIVED,
      trap_oid: "1.3.6.1.6.3.1.1.5.3",
      attributes: { source_ip: "192.0.2.7", variables },
    });
  });

  test("prefers the host name and the message that a trap brings", () => {
    const event = accept({
      ...ORDINARY,
      source_ip: "192.0.2.7",
      trap_oid: "1.3.6",
      variables: ["x"],
    });
    expect(event).toMatchObject({ hostname: "sw1.example.net", message: "link down" });
  });

  test.each([
    ["null", null, "event", "this is null"],
    ["a list", [ORDINARY], "event", "this is a list"],
    ["text", "x", "event", "this is text"],
    ["a number", 5, "event", "this is a number"],
    ["no host name", { message: "x" }, "hostname", "hostname is missing; send text of 1 to 255"],
    ["a null host name", { hostname: null, message: "x" }, "hostname", "hostname is null"],
    ["an empty host name", { hostname: "", message: "x" }, "hostname", "hostname is empty"],
    ["a blank host name", { hostname: "  ", message: "x" }, "hostname", "hostname is empty"],
    ["a list as host name", { hostname: ["a"], message: "x" }, "hostname", "hostname is a list"],
    ["an object as host name", { hostname: {}, message: "x" }, "hostname", "hostname is an object"],
    ["a number as host name", { hostname: 5, message: "x" }, "hostname", "hostname is a number"],
    ["a boolean as host name", { hostname: true, message: "x" }, "hostname", "is true or false"],
    [
      "a long host name",
      { hostname: "h".repeat(256), message: "x" },
      "hostname",
      "has 256 characters",
    ],
    ["a list as source_ip", { source_ip: [], message: "x" }, "source_ip", "source_ip is a list"],
    ["a long source_ip", { source_ip: "1".repeat(256), message: "x" }, "source_ip", "has 256"],
    ["no message", { hostname: "h" }, "message", "message is missing; send text"],
    ["a null message", { hostname: "h", message: null }, "message", "message is null"],
    ["an empty message", { hostname: "h", message: "" }, "message", "message is empty"],
    ["a number as message", { hostname: "h", message: 5 }, "message", "message is a number"],
    ["a list as message", { hostname: "h", message: ["x"] }, "message", "message is a list"],
    [
      "a number as message of a trap",
      { hostname: "h", message: 5, trap_oid: "1.3" },
      "message",
      "is a number",
    ],
    ["a bad trap OID", { ...ORDINARY, trap_oid: "linkDown" }, "trap_oid", "is not a dotted OID"],
    ["a list as trap OID", { ...ORDINARY, trap_oid: [1] }, "trap_oid", "trap_oid is a list"],
  ])("refuses %s, naming field, kind and cure", (_sentence, raw, field, detail) => {
    expect(refuse(raw)).toMatchObject({ field, detail: expect.stringContaining(detail) });
  });

  test("never echoes the value it refuses", () => {
    expect(refuse({ ...ORDINARY, trap_oid: "secret-secret" }).detail).not.toContain("secret");
  });

  test("takes host names of 1 and of 255 characters and trims them", () => {
    expect(accept({ hostname: "h", message: "x" }).hostname).toBe("h");
    expect(accept({ hostname: ` ${"h".repeat(255)} `, message: "x" }).hostname).toHaveLength(255);
  });

  test("takes nulls in optional fields for missing ones", () => {
    const raw = {
      ...ORDINARY,
      timestamp: null,
      severity: null,
      syslog_severity: null,
      trap_oid: null,
    };
    expect(accept({ ...raw, attributes: null })).toEqual(accept(ORDINARY));
  });

  test("cuts a message of 9,000 characters to 8,192 and marks it", () => {
    const event = accept({ ...ORDINARY, message: "x".repeat(9000) });
    expect(event.message).toBe("x".repeat(8192));
    expect(event.truncated).toBe(true);
  });

  test("does not mark a message of 8,192 characters", () => {
    expect(accept({ ...ORDINARY, message: "x".repeat(8192) })).not.toHaveProperty("truncated");
  });

  test("never cuts a message inside a surrogate pair", () => {
    const event = accept({ ...ORDINARY, message: `${"x".repeat(8191)}\u{1F525}tail` });
    expect(event.message).toBe("x".repeat(8191));
    expect(event.truncated).toBe(true);
  });

  test("cuts the message it makes of a trap and keeps the variables as sent", () => {
    const variables = Array(2000).fill("0123456789");
    const event = accept({ hostname: "h", trap_oid: "1.3.6", variables });
    expect(event).toMatchObject({ truncated: true, attributes: { variables } });
    expect(event.message).toHaveLength(8192);
  });

  test.each([
    ["text that is no time", "yesterday", "yesterday"],
    ["a date that does not exist", "2025-02-30T00:00:00Z", "2025-02-30T00:00:00Z"],
    ["a number beyond any calendar", 1e300, "1e+300"],
    ["a list", [1, "a"], '[1,"a"]'],
    ["an object", { a: 1 }, '{"a":1}'],
    ["a long text", "t".repeat(10_000), "t".repeat(128)],
    ["text with a NUL", "a\0", "a\uFFFD"],
  ])("takes the time of receipt for %s and keeps it as given", (_sentence, timestamp, given) => {
    const event = accept({ ...ORDINARY, timestamp });
    expect(event).toMatchObject({ timestamp: RECEIVED, timestamp_given: given });
  });

  test.each([["1970-01-01T00:00:00Z"], ["9999-12-31T23:59:59Z"]])(
    "believes the clock that says %s",
    (timestamp) => {
      const event = accept({ ...ORDINARY, timestamp });
      expect(Date.parse(event.timestamp)).toBe(Date.parse(timestamp));
      expect(event).not.toHaveProperty("timestamp_given");
    },
  );

  test.each([
    ["an unknown name", "banana", "banana"],
    ["a number out of range", 42, "42"],
    ["a long text", "s".repeat(10_000), "s".repeat(128)],
    ["a list", ["error"], '["error"]'],
    ["an object", { level: 3 }, '{"level":3}'],
    ["a boolean", true, "true"],
  ])("makes %s a warning and keeps it as given", (_sentence, syslog_severity, given) => {
    const event = accept({ ...ORDINARY, syslog_severity });
    expect(event).toMatchObject({ severity: 4, severity_given: given });
    expect(event).not.toHaveProperty("attributes");
  });

  test("keeps the severity that it does not use as an attribute", () => {
    const event = accept({ ...ORDINARY, syslog_severity: 2, severity: "Minor" });
    expect(event).toMatchObject({ severity: 2, attributes: { severity: "Minor" } });
  });

  test("replaces NUL and lone surrogates in every text and name", () => {
    const raw = JSON.parse(
      String.raw`{"hostname":"h\u0000","message":"m\ud83d","severity":"s\u0000","k\u0000":{"n\udd25":["v\u0000"]}}`,
    );
    const result = normaliseEvent(raw, CONTEXT);
    expect(result).toMatchObject({
      event: {
        hostname: "h\uFFFD",
        message: "m\uFFFD",
        severity_given: "s\uFFFD",
        attributes: { "k\uFFFD": { "n\uFFFD": ["v\uFFFD"] } },
      },
    });
  });

  test("drops names that start with an underscore, also inside attributes", () => {
    const raw = {
      ...ORDINARY,
      _retry_count: 99,
      _correlation_id: "x",
      attributes: { _a: 1, b: 2 },
    };
    expect(accept({ ...raw, site: "x" }).attributes).toEqual({ b: 2, site: "x" });
  });

  test("lets no sender pollute a prototype", () => {
    const raw = JSON.parse(
      '{"hostname":"h","message":"m","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"attributes":{"__proto__":{"polluted":1}},"x":{"__proto__":{"polluted":1}}}',
    );
    const result = normaliseEvent(raw, CONTEXT);
    expect({}).not.toHaveProperty("polluted");
    expect(JSON.stringify(result)).not.toContain("__proto__");
    expect(result).toMatchObject({ event: { hostname: "h", attributes: { x: {} } } });
  });

  test("is not fooled by a host name on the prototype", () => {
    const raw = JSON.parse('{"__proto__":{"hostname":"h","message":"m"}}');
    expect(refuse(raw).field).toBe("hostname");
  });

  test("keeps names of our own fields as attributes, never as fields", () => {
    const raw = { ...ORDINARY, id: "mine", received_at: "x", truncated: true, severity_given: "y" };
    const event = accept(raw);
    expect(event).toMatchObject({ id: "evt-1", received_at: RECEIVED });
    expect(event).not.toHaveProperty("truncated");
    expect(event.attributes).toEqual({
      id: "mine",
      received_at: "x",
      truncated: true,
      severity_given: "y",
    });
  });

  test("puts a sender's attributes object beside the other attributes, the outer name winning", () => {
    const raw = { ...ORDINARY, site: "outer", attributes: { site: "inner", rack: { row: 3 } } };
    expect(accept(raw).attributes).toEqual({ site: "outer", rack: { row: 3 } });
  });

  test("keeps an attributes field that is no object under its own name", () => {
    expect(accept({ ...ORDINARY, attributes: ["a"] }).attributes).toEqual({ attributes: ["a"] });
  });

  test("does not change what it was given", () => {
    const raw = { ...ORDINARY, _a: 1, x: { y: "\0" } };
    normaliseEvent(raw, CONTEXT);
    expect(raw).toEqual({ ...ORDINARY, _a: 1, x: { y: "\0" } });
  });

  test("takes attributes nested 10,000 deep without overflowing the stack", () => {
    const deep = JSON.parse("[".repeat(10_000) + "]".repeat(10_000));
    const raw = { ...ORDINARY, deep, timestamp: deep, severity: deep };
    const result = normaliseEvent(raw, CONTEXT);
    expect(JSON.stringify(result)).toContain("[deep]");
  });
});
