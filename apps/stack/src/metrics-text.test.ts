import { expect, test } from "vitest";
import { increases, parseSamples, sumBy } from "./metrics-text.ts";

const TEXT = `# HELP mutt_alerter_events_total Events
# TYPE mutt_alerter_events_total counter
mutt_alerter_events_total{outcome="forwarded",worker="a"} 3
mutt_alerter_events_total{outcome="forwarded",worker="b"} 4
mutt_alerter_events_total{outcome="logged"} 1e2
mutt_other{path="a \\"quoted\\" {thing}"} 1
mutt_plain 7 1700000000
`;

test("reads samples with and without labels", () => {
  const samples = parseSamples(TEXT);
  expect(samples).toHaveLength(5);
  expect(samples.at(-1)).toEqual({ name: "mutt_plain", labels: {}, value: 7 });
});

test("sums a metric by a label", () => {
  expect(sumBy(parseSamples(TEXT), "mutt_alerter_events_total", "outcome")).toEqual({
    forwarded: 7,
    logged: 100,
  });
});

test("counts a counter that began anew from zero", () => {
  expect(increases({ a: 10, b: 5 }, { a: 12, b: 2, c: 1 })).toEqual({ a: 2, b: 2, c: 1 });
});
