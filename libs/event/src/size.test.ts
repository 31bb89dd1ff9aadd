import { describe, expect, test } from "vitest";
import type { IngestedEvent } from "./event.ts";
import { type NormalisedEvent, normaliseEvent } from "./normalise-event.ts";
import { MAX_EVENT_BYTES, serialisedBytes } from "./size.ts";

const ORDINARY = { hostname: "sw1.example.net", message: "link down" };

function normalise(raw: unknown): NormalisedEvent {
  return normaliseEvent(raw, { id: "evt-1", correlationId: "corr-1", receivedAtMs: 0 });
}

function accept(raw: unknown): IngestedEvent {
  const result = normalise(raw);
  if (!result.ok) throw new Error(result.error.detail);
  return result.event;
}

describe("the size limit", () => {
  /** An event whose JSON has exactly so many bytes. */
  function ofSize(bytes: number): Record<string, unknown> {
    const without = serialisedBytes(accept({ ...ORDINARY, filler: "" }));
    return { ...ORDINARY, filler: "x".repeat(bytes - without) };
  }

  test("takes an event of exactly 64 KiB", () => {
    expect(serialisedBytes(accept(ofSize(MAX_EVENT_BYTES)))).toBe(65_536);
  });

  test("refuses one byte more, saying how much it is and how much may be", () => {
    expect(normalise(ofSize(MAX_EVENT_BYTES + 1))).toMatchObject({
      ok: false,
      error: { field: "event", detail: expect.stringMatching(/65537 bytes.*65536/) },
    });
  });

  test("counts bytes, not characters", () => {
    const result = normalise({ ...ORDINARY, filler: "\u20ac".repeat(25_000) });
    expect(result).toMatchObject({ ok: false, error: { field: "event" } });
  });

  test.each([
    ["ordinary text", ORDINARY],
    [
      "control characters",
      { hostname: "\u0001x", message: "\u001b".repeat(900), a: "\u0001".repeat(99) },
    ],
    [
      "wide characters",
      { hostname: "\u20ac", message: "\u20ac".repeat(900), "\u20ac": ["\u20ac"] },
    ],
    ["long numbers", { ...ORDINARY, n: [1e20, -2.2250738585072014e-308, 0, 1e-7] }],
    [
      "literals and empty values",
      { ...ORDINARY, a: [null, true, false, {}, [], ""], "": { "": "" } },
    ],
    ["a nesting that is cut", { ...ORDINARY, a: JSON.parse(`${"[".repeat(40)}${"]".repeat(40)}`) }],
    [
      "texts kept as given",
      { ...ORDINARY, timestamp: "\u0001".repeat(200), severity: "\u0001".repeat(200) },
    ],
    [
      "a trap",
      { source_ip: "192.0.2.1", trap_oid: "1.3.6.1.6.3.1.1.5.3", variables: [1e20, "\n"] },
    ],
  ])("tells an upper bound of the bytes for %s", (_sentence, raw) => {
    const result = normalise(raw);
    if (!result.ok) throw new Error(result.error.detail);
    expect(result.maxBytes).toBeGreaterThanOrEqual(serialisedBytes(result.event));
  });
});
