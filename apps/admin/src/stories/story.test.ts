import type { StoryRecord } from "@mutt/pipeline-state";
import { describe, expect, test } from "vitest";
import { Story, type StoryFacts, tellStory } from "./story.ts";

const RECEIVED = Date.UTC(2026, 10, 24, 6, 0, 0);
const EVENT = {
  id: "id-1",
  correlation_id: "c",
  hostname: "h",
  message: "m",
  severity: 3,
  timestamp: "2026-11-24T06:00:00.000Z",
  received_at: "2026-11-24T06:00:00.000Z",
} as const;

function tell(record: Partial<StoryRecord> | undefined, facts: Partial<StoryFacts> = {}) {
  const full: StoryRecord | undefined = record && {
    stage: "queued",
    at: RECEIVED + 20,
    receivedAt: RECEIVED,
    ruleId: null,
    ...record,
  };
  const told = { record: full, place: undefined, rule: undefined, obstacle: undefined };
  return Story.parse(tellStory({ id: EVENT.id, ...told, ...facts }));
}

const waiting: StoryFacts["place"] = {
  queue: "alert",
  id: "d1",
  state: "delayed",
  dueAt: RECEIVED + 5000,
  progress: 0,
  data: {
    severity: 3,
    alerts: [],
    failures: [
      {
        at: "2026-11-24T06:00:01.000Z",
        attempt: 1,
        replay: 0,
        worker: "w",
        version: "1",
        error: "answered 500",
      },
    ],
  },
};

describe("the story of an event", () => {
  test("begins with its receipt and ends with what was noted last", () => {
    const { steps, received_at, state } = tell({ stage: "delivered", attempts: 3 });
    expect(state).toBe("delivered");
    expect(received_at).toBe("2026-11-24T06:00:00.000Z");
    expect(steps).toEqual([
      { at: "2026-11-24T06:00:00.000Z", what: "received and queued" },
      { at: "2026-11-24T06:00:00.020Z", what: "delivered at attempt 3" },
    ]);
  });

  test("names the queue in which it waits, until when, what for, and what was tried", () => {
    const { place, steps, state } = tell({}, { place: waiting, obstacle: "the breaker is open" });
    expect(state).toBe("queued");
    expect(place).toEqual({
      queue: "alert",
      job_id: "d1",
      state: "delayed",
      due_at: "2026-11-24T06:00:05.000Z",
      waits_for: "the breaker is open",
    });
    expect(steps.at(-1)).toEqual({
      at: "2026-11-24T06:00:01.000Z",
      what: "attempt 1 failed: answered 500",
    });
  });

  test("is known before anybody noted anything, when the event stands in the ingest queue", () => {
    const place = { queue: "ingest", id: "c1", state: "waiting", progress: 0 } as const;
    const { state, received_at } = tell(undefined, {
      place: { ...place, data: { events: [EVENT] } },
    });
    expect([state, received_at]).toEqual(["received", "2026-11-24T06:00:00.000Z"]);
  });

  test("says that an event has left when its job is gone and nobody noted where to", () => {
    expect(tell({ stage: "queued" }).state).toBe("left");
    expect(tell({ stage: "dead" }).state).toBe("left");
    expect(tell({ stage: "logged" }).state).toBe("logged");
  });

  test("names the rule that is gone by its id alone", () => {
    const { rule } = tell({ ruleId: 7, handling: "Page_only", environment: "dev" });
    expect(rule).toEqual({
      id: 7,
      name: null,
      why: "the rule has been removed since",
      handling: "Page_only",
      environment: "dev",
    });
    expect(tell({ ruleId: null }).rule).toBeNull();
  });
});
