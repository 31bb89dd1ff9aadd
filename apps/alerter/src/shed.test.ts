import type { Overload } from "@mutt/backpressure";
import type { IngestedEvent } from "@mutt/event";
import type { IngestJob } from "@mutt/queues";
import { describe, expect, test } from "vitest";
import { type ShedSettings, shedEvents } from "./shed.ts";

const event = (id: string): IngestedEvent => ({
  id,
  correlation_id: id,
  hostname: "h",
  message: "m",
  severity: 3,
  timestamp: "2026-11-24T06:00:00.000Z",
  received_at: "2026-11-24T06:00:00.000Z",
});

const [A, B, C] = ["a", "b", "c"].map(event) as [IngestedEvent, IngestedEvent, IngestedEvent];

function shed(job: Partial<IngestJob>, settings: Partial<ShedSettings> = {}, lostWorkers = 0) {
  return shedEvents(
    { events: [A, B, C], ...job },
    { protected: [A], others: [B, C] },
    {
      settings: { mode: "dlq", sleepMs: 100, maxMs: 10_000, maxDefers: 2, ...settings },
      overload: { depth: 2345 } as Overload,
      lostWorkers,
      at: new Date("2026-11-24T06:00:00.000Z"),
      chance: 0.5,
    },
  );
}

const ids = (events: IngestedEvent[] | undefined) => events?.map(({ id }) => id);

describe("mode dlq", () => {
  test("dead-letters what is not protected and puts the protected off, spending nothing", () => {
    const failures = [
      { at: "2026", attempt: 1, replay: 1, worker: "w", version: "1", error: "earlier" },
    ];
    const { deferred, dead } = shed({ replays: 1, free_replays: 2, failures });
    expect(dead).toMatchObject([
      { alert_id: "b", class: "capacity", reason: "shed", replays: 1, free_replays: 2 },
      { alert_id: "c", history: failures },
    ]);
    expect(deferred).toEqual([
      { data: { events: [A], defers: 1, replays: 1, free_replays: 2, failures }, delayMs: 100 },
    ]);
  });

  test("puts everything off that came back from a lost worker", () => {
    const { deferred, dead } = shed({}, {}, 1);
    expect(dead).toEqual([]);
    expect(ids(deferred[0]?.data.events)).toEqual(["a", "b", "c"]);
    expect(deferred[0]?.data).toMatchObject({ lost_workers: 1, defers: 1 });
  });
});

describe("mode defer", () => {
  test("waits longer each time", () => {
    const waits = [0, 1].map((defers) => shed({ defers }, { mode: "defer" }).deferred[0]?.delayMs);
    expect(waits).toEqual([100, 200]);
  });

  test("gives up on what is not protected after the last defer", () => {
    const { deferred, dead } = shed({ defers: 2 }, { mode: "defer" });
    expect(dead.map(({ alert_id, reason }) => [alert_id, reason])).toEqual([
      ["b", "max_defers"],
      ["c", "max_defers"],
    ]);
    expect(ids(deferred[0]?.data.events)).toEqual(["a"]);
    expect(deferred[0]?.data.defers).toBe(3);
  });
});
