import { describe, expect, test } from "vitest";
import { noteOrigin, originsOf, type TraceOrigin } from "./origins.ts";

const first = { traceparent: `00-${"a".repeat(32)}-${"1".repeat(16)}-01` };
const second = { traceparent: `00-${"b".repeat(32)}-${"2".repeat(16)}-01`, tracestate: "v=1" };

describe("noteOrigin", () => {
  test("lets the alerts of one request share an entry", () => {
    const origins: TraceOrigin[] = [];
    noteOrigin(origins, first, "1");
    noteOrigin(origins, first, "2");
    noteOrigin(origins, second, "3");
    expect(origins).toEqual([
      { ...first, alert_ids: ["1", "2"] },
      { ...second, alert_ids: ["3"] },
    ]);
  });
});

describe("originsOf", () => {
  const origins = [
    { ...first, alert_ids: ["1", "2"] },
    { ...second, alert_ids: ["3"] },
  ];

  test("leaves out the origins that have none of the alerts", () => {
    expect(originsOf(origins, ["2", "9"])).toEqual([{ ...first, alert_ids: ["2"] }]);
    expect(originsOf(origins, ["9"])).toEqual([]);
  });

  test("needs no ids for the only origin of all alerts", () => {
    expect(originsOf(origins, ["3"])).toEqual([second]);
    expect(originsOf(origins, ["2", "1"])).toEqual([first]);
  });

  test("keeps an origin of the whole job for any part of it", () => {
    expect(originsOf([first], ["7"])).toEqual([first]);
  });

  test("tells several origins apart by their alerts", () => {
    expect(originsOf(origins, ["1", "2", "3"])).toEqual(origins);
  });
});
