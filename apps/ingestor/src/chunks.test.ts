import type { IngestedEvent } from "@mutt/event";
import { MAX_CHUNK_EVENTS, MAX_INGEST_JOB_BYTES } from "@mutt/queues";
import { describe, expect, test } from "vitest";
import { packChunks, type SizedEvent, withTrace } from "./chunks.ts";

function sizedEvent(id: string, message = "link down"): SizedEvent {
  const event: IngestedEvent = {
    id,
    correlation_id: "c",
    hostname: "sw1",
    message,
    severity: 4,
    timestamp: "2026-01-01T00:00:00.000Z",
    received_at: "2026-01-01T00:00:00.000Z",
  };
  return { event, bytes: JSON.stringify(event).length };
}

function events(count: number, message?: string): SizedEvent[] {
  return Array.from({ length: count }, (_, index) => sizedEvent(String(index), message));
}

describe("packChunks", () => {
  test("makes no chunk of no events", () => {
    expect(packChunks([])).toEqual([]);
  });

  test.each([
    [1, [1]],
    [MAX_CHUNK_EVENTS, [100]],
    [MAX_CHUNK_EVENTS + 1, [100, 1]],
    [250, [100, 100, 50]],
  ])("makes %i small events chunks of at most a hundred", (count, sizes) => {
    expect(packChunks(events(count)).map((chunk) => chunk.events.length)).toEqual(sizes);
  });

  test("keeps every event once, in order", () => {
    const given = events(250);
    const packed = packChunks(given).flatMap((chunk) => chunk.events);
    expect(packed).toEqual(given.map(({ event }) => event));
  });

  test("keeps each chunk of large events below 256 KiB", () => {
    const chunks = packChunks(events(30, "x".repeat(60_000)));
    const bytes = chunks.map((chunk) => Buffer.byteLength(JSON.stringify(chunk)));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(MAX_INGEST_JOB_BYTES);
    expect(chunks.map((chunk) => chunk.events.length)).toEqual([4, 4, 4, 4, 4, 4, 4, 2]);
  });

  test("counts the commas between events", () => {
    const size = (MAX_INGEST_JOB_BYTES - 1024) / 64;
    const fitting = events(64).map(({ event }) => ({ event, bytes: size - 1 }));
    expect(packChunks(fitting)).toHaveLength(1);
    expect(packChunks(fitting.map((sized) => ({ ...sized, bytes: size })))).toHaveLength(2);
  });

  test("gives an event that fills a chunk alone a chunk of its own", () => {
    const [first, second, third] = events(3) as [SizedEvent, SizedEvent, SizedEvent];
    const chunks = packChunks([first, { ...second, bytes: 2 * MAX_INGEST_JOB_BYTES }, third]);
    expect(chunks.map((chunk) => chunk.events.map(({ id }) => id))).toEqual([["0"], ["1"], ["2"]]);
  });
});

describe("the traces of chunks", () => {
  const first = { traceparent: `00-${"a".repeat(32)}-${"1".repeat(16)}-01` };
  const second = {
    traceparent: `00-${"b".repeat(32)}-${"2".repeat(16)}-01`,
    // Every character takes two bytes as JSON.
    tracestate: '"'.repeat(512),
  };

  test("are absent while nothing is traced", () => {
    expect(packChunks(events(2)).map((chunk) => Object.keys(chunk))).toEqual([["events"]]);
  });

  test("need no ids when a chunk is of one request", () => {
    const chunks = packChunks(withTrace(events(150), first));
    expect(chunks.map(({ traces }) => traces)).toEqual([[first], [first]]);
  });

  test("tell the requests of a chunk apart", () => {
    const [one, two, three] = events(3);
    const traced = [
      ...withTrace([one, two] as SizedEvent[], first),
      ...withTrace([three] as SizedEvent[], second),
    ];
    expect(packChunks(traced)[0]?.traces).toEqual([
      { ...first, alert_ids: ["0", "1"] },
      { ...second, alert_ids: ["2"] },
    ]);
  });

  test("count in the size of a chunk", () => {
    const uuid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    // Each from a sender of its own, with the longest tracestate.
    const traced = Array.from({ length: 300 }, (_, index) => {
      const traceparent = `00-${"a".repeat(32)}-${String(index + 1).padStart(16, "0")}-01`;
      const trace = { ...second, traceparent };
      return withTrace([sizedEvent(uuid(index), "x".repeat(1800))], trace);
    }).flat();
    const chunks = packChunks(traced);
    const sizes = chunks.map((chunk) => Buffer.byteLength(JSON.stringify(chunk)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_INGEST_JOB_BYTES);
    expect(chunks.length).toBeGreaterThan(3);
  });
});
