import { MAX_EVENTS_PER_REQUEST } from "@mutt/event";
import { describe, expect, test } from "vitest";
import { type ReadEvents, readEvents } from "./read-events.ts";
import { Refusal } from "./refusal.ts";

const GOOD = { hostname: "sw1", message: "link down" };
const BAD = { hostname: ["sw1"], message: "link down" };

function read(body: unknown, format: "json" | "ndjson" = "json"): ReadEvents {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readEvents(Buffer.from(text), format, {
    correlationId: "call-7",
    receivedAtMs: Date.parse("2026-01-01T00:00:00Z"),
    eventId: (index) => `id-${index}`,
  });
}

describe("readEvents", () => {
  test("reads one object as a single event, stamped with what is known of the request", () => {
    const { kind, accepted, results } = read(GOOD);
    expect(kind).toBe("single");
    expect(results).toEqual([{ index: 0, status: "queued", id: "id-0" }]);
    expect(accepted.map(({ event }) => event)).toEqual([
      {
        ...GOOD,
        id: "id-0",
        correlation_id: "call-7",
        severity: 4,
        timestamp: "2026-01-01T00:00:00.000Z",
        received_at: "2026-01-01T00:00:00.000Z",
      },
    ]);
  });

  test("gives each event a size that its JSON does not exceed", () => {
    const { accepted } = read([GOOD, { ...GOOD, message: "\u0001ä€😀".repeat(500) }]);
    for (const { event, bytes } of accepted) {
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(bytes);
    }
  });

  test("reads an array and NDJSON as lists, also with one member", () => {
    expect(read([GOOD]).kind).toBe("list");
    expect(read(JSON.stringify(GOOD), "ndjson").kind).toBe("list");
    expect(read(`${JSON.stringify(GOOD)}\n${JSON.stringify(GOOD)}\n`).kind).toBe("list");
  });

  test("keeps the index of an event whatever its neighbours are", () => {
    const { accepted, results } = read([BAD, GOOD, 7, GOOD]);
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, "rejected"],
      [1, "queued"],
      [2, "rejected"],
      [3, "queued"],
    ]);
    expect(accepted.map(({ event }) => event.id)).toEqual(["id-1", "id-3"]);
  });

  test("says of a rejected event which field is wrong and why", () => {
    expect(read([BAD]).results).toEqual([
      {
        index: 0,
        status: "rejected",
        error: {
          status: 400,
          field: "hostname",
          detail: expect.stringMatching(/^hostname is a list; send text/),
        },
      },
    ]);
  });

  test("rejects a line that is not JSON, by its number, and reads the others", () => {
    const { results } = read(`${JSON.stringify(GOOD)}\n{"hostname":\n`, "ndjson");
    expect(results).toMatchObject([
      { status: "queued" },
      { status: "rejected", error: { field: "body", detail: expect.stringContaining("line 2") } },
    ]);
  });

  test.each([
    ["no JSON", "{", "not valid JSON"],
    ["nothing", "", "the body is empty"],
    ["an empty array", "[]", "the array is empty"],
  ])("refuses %s as a whole", (_, body, message) => {
    expect(() => read(body)).toThrow(Refusal);
    const refusal = { status: 400, extensions: { field: "body" } };
    expect(() => read(body)).toThrow(expect.objectContaining(refusal));
    expect(() => read(body)).toThrow(message);
  });

  test("takes the most events that are allowed, and refuses one more", () => {
    const most = Array.from({ length: MAX_EVENTS_PER_REQUEST }, () => GOOD);
    expect(read(most).accepted).toHaveLength(MAX_EVENTS_PER_REQUEST);
    const tooMany = () => read([...most, GOOD]);
    expect(tooMany).toThrow(expect.objectContaining({ status: 413, reason: "too_large" }));
    const lines = [...most, GOOD].map((event) => JSON.stringify(event)).join("\n");
    expect(() => read(lines, "ndjson")).toThrow(expect.objectContaining({ status: 413 }));
  });
});
