// What holds whatever comes in. `npm run fuzz` tries the same with many more cases; a failure prints its seed.
import type { Pipeline } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startIngestor } from "../fuzz/fuzz-ingestor.ts";
import { expectUnharmed, fuzzIngest } from "../fuzz/ingest-property.ts";
import { fuzzRules } from "../fuzz/rule-property.ts";

const CASES = 2000;

/** How much more memory the ingestor may take than after its first requests; its heap alone may grow to 1 GiB. */
const MAX_GROWTH_BYTES = 256 * 1024 * 1024;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startIngestor();
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

test("whatever is sent to ingest, the answer is foreseen, and the queue has exactly what was answered as queued", async () => {
  const { requests, raw, byStatus, queued, uncertain, rss } = await fuzzIngest(pipeline, CASES);
  await expectUnharmed(pipeline);
  expect(requests + raw).toBeGreaterThanOrEqual(CASES);
  expect(uncertain).toBeLessThan(CASES / 100);
  expect(rss.most - rss.first).toBeLessThan(MAX_GROWTH_BYTES);
  // Otherwise it was the door alone that was tried.
  expect(queued).toBeGreaterThan(CASES);
  expect(byStatus[202]).toBeGreaterThan(CASES / 4);
  for (const status of [400, 401, 415, 422])
    expect(byStatus[status], `${status}`).toBeGreaterThan(5);
});

test("whatever the rules, they are refused with rule and field, or match as they do one by one", () => {
  const { sets, refusedSets, events, matches } = fuzzRules(CASES);
  expect(sets).toBe(CASES);
  expect(refusedSets).toBeGreaterThan(CASES / 10);
  expect(matches).toBeGreaterThan(CASES / 10);
  expect(events - matches).toBeGreaterThan(CASES / 10);
});
