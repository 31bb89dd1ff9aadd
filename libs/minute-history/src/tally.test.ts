import { expect, test } from "vitest";
import { createTally } from "./tally.ts";

const written = (tally: ReturnType<typeof createTally>) =>
  [...(tally.next()?.minutes ?? [])].map(([minute, counts]) => [
    minute,
    Object.fromEntries(counts),
  ]);

test("adds up by minute and counter", () => {
  const tally = createTally();
  tally.add(7, "ingest_good", 2);
  tally.add(7, "ingest_good", 3);
  tally.add(7, "ingest_bad", 1);
  tally.add(8, "ingest_good", 1);
  expect(written(tally)).toEqual([
    [7, { ingest_good: 5, ingest_bad: 1 }],
    [8, { ingest_good: 1 }],
  ]);
});

test("gives the same batch again until it is confirmed, and what came since after that", () => {
  const tally = createTally();
  expect(tally.next()).toBeUndefined();
  tally.add(7, "shed", 1);
  const first = tally.next();
  tally.add(7, "shed", 10);
  expect(tally.next()).toBe(first);
  tally.confirm();
  expect(tally.next()).toMatchObject({ number: (first?.number ?? 0) + 1 });
  expect(written(tally)).toEqual([[7, { shed: 10 }]]);
  tally.confirm();
  expect(tally.next()).toBeUndefined();
});

test("adds the oldest minutes up when there are too many, and loses nothing", () => {
  const tally = createTally(3);
  for (let minute = 1; minute <= 10; minute++) tally.add(minute, "logged", 1);
  expect(written(tally)).toEqual([
    [8, { logged: 8 }],
    [9, { logged: 1 }],
    [10, { logged: 1 }],
  ]);
});

test("keeps a count of an old minute when the clock was put back", () => {
  const tally = createTally(2);
  tally.add(10, "logged", 1);
  tally.add(11, "logged", 1);
  tally.add(3, "logged", 1);
  const total = written(tally).reduce(
    (sum, [, counts]) => sum + ((counts as { logged?: number }).logged ?? 0),
    0,
  );
  expect(total).toBe(3);
});
