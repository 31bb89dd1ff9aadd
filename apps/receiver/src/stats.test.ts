import { expect, test } from "vitest";
import { createStatsCounter } from "./stats.ts";

test("maxPerSecond is the fullest second, wherever it starts", () => {
  const stats = createStatsCounter();
  for (const at of [0, 600, 700, 800, 1500, 1599, 1700, 5000]) stats.request(at);
  // 600 to 1599: a sliding second, not a calendar one.
  expect(stats.read().maxPerSecond).toBe(5);
});

test("remembers the last seconds only", () => {
  const stats = createStatsCounter();
  for (let second = 0; second < 200; second += 1) stats.request(second * 1000);
  const { perSecond, requests } = stats.read();
  expect(requests).toBe(200);
  expect(perSecond).toHaveLength(120);
  expect(perSecond.at(-1)).toEqual({ second: "1970-01-01T00:03:19.000Z", requests: 1, alerts: 0 });
});
